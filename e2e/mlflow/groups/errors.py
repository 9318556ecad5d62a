"""Errors on the wire: statuses, codes, and nothing in a message that is nobody's business."""

from __future__ import annotations

from check import answers, equal, leaks_nothing, true
from runner import Group
from world import World

errors = Group("errors")
NONE = "0" * 32

#: Method, path, body → status and code.
CASES: list[tuple[str, str, dict[str, object], int, str]] = [
    ("GET", "experiments/get", {}, 400, "INVALID_PARAMETER_VALUE"),
    ("GET", "experiments/get", {"experiment_id": "999999999"}, 404, "RESOURCE_DOES_NOT_EXIST"),
    ("GET", "experiments/get-by-name", {}, 400, "INVALID_PARAMETER_VALUE"),
    ("GET", "experiments/get-by-name", {"experiment_name": NONE}, 404, "RESOURCE_DOES_NOT_EXIST"),
    ("POST", "experiments/update", {"experiment_id": "999999999", "new_name": "x"}, 404, "RESOURCE_DOES_NOT_EXIST"),
    ("POST", "experiments/delete", {}, 400, "INVALID_PARAMETER_VALUE"),
    ("POST", "experiments/restore", {"experiment_id": "999999999"}, 404, "RESOURCE_DOES_NOT_EXIST"),
    ("POST", "experiments/set-experiment-tag", {"experiment_id": "999999999", "key": "a", "value": "b"}, 404, "RESOURCE_DOES_NOT_EXIST"),
    ("GET", "runs/get", {}, 400, "INVALID_PARAMETER_VALUE"),
    ("GET", "runs/get", {"run_id": NONE}, 404, "RESOURCE_DOES_NOT_EXIST"),
    ("POST", "runs/update", {"run_id": NONE, "status": "FINISHED"}, 404, "RESOURCE_DOES_NOT_EXIST"),
    ("POST", "runs/delete", {"run_id": NONE}, 404, "RESOURCE_DOES_NOT_EXIST"),
    ("POST", "runs/restore", {"run_id": NONE}, 404, "RESOURCE_DOES_NOT_EXIST"),
    ("POST", "runs/log-metric", {"run_id": NONE, "key": "m", "value": 1, "timestamp": 1}, 404, "RESOURCE_DOES_NOT_EXIST"),
    ("POST", "runs/set-tag", {"run_id": NONE, "key": "m", "value": "1"}, 404, "RESOURCE_DOES_NOT_EXIST"),
    ("POST", "runs/delete-tag", {"run_id": NONE, "key": "m"}, 404, "RESOURCE_DOES_NOT_EXIST"),
    ("POST", "runs/log-batch", {"run_id": NONE, "metrics": [{"key": "m", "value": 1, "timestamp": 1}]}, 404, "RESOURCE_DOES_NOT_EXIST"),
    ("POST", "runs/search", {"experiment_ids": ["0"], "filter": "params.a = 'x' OR params.b = 'y' ) ("}, 400, "INVALID_PARAMETER_VALUE"),
    ("GET", "artifacts/list", {"run_id": NONE}, 404, "RESOURCE_DOES_NOT_EXIST"),
    ("GET", "registered-models/get", {}, 400, "INVALID_PARAMETER_VALUE"),
    ("GET", "registered-models/get", {"name": NONE}, 404, "RESOURCE_DOES_NOT_EXIST"),
    ("DELETE", "registered-models/delete", {"name": NONE}, 404, "RESOURCE_DOES_NOT_EXIST"),
    ("PATCH", "registered-models/update", {"name": NONE, "description": "x"}, 404, "RESOURCE_DOES_NOT_EXIST"),
    ("POST", "registered-models/rename", {"name": NONE, "new_name": "x"}, 404, "RESOURCE_DOES_NOT_EXIST"),
    ("GET", "registered-models/alias", {"name": NONE, "alias": "a"}, 404, "RESOURCE_DOES_NOT_EXIST"),
    ("POST", "registered-models/get-latest-versions", {"name": NONE}, 404, "RESOURCE_DOES_NOT_EXIST"),
    ("GET", "model-versions/get", {"name": NONE, "version": "1"}, 404, "RESOURCE_DOES_NOT_EXIST"),
    ("GET", "model-versions/get-download-uri", {"name": NONE, "version": "1"}, 404, "RESOURCE_DOES_NOT_EXIST"),
    ("POST", "model-versions/transition-stage", {"name": NONE, "version": "1", "stage": "Staging", "archive_existing_versions": False}, 404, "RESOURCE_DOES_NOT_EXIST"),
    ("DELETE", "model-versions/delete", {"name": NONE, "version": "1"}, 404, "RESOURCE_DOES_NOT_EXIST"),
    ("GET", f"logged-models/m-{NONE}", {}, 404, "RESOURCE_DOES_NOT_EXIST"),
    ("PATCH", f"logged-models/m-{NONE}", {"model_id": f"m-{NONE}", "status": "LOGGED_MODEL_READY"}, 404, "RESOURCE_DOES_NOT_EXIST"),
    ("DELETE", f"logged-models/m-{NONE}", {}, 404, "RESOURCE_DOES_NOT_EXIST"),
    ("POST", "logged-models", {}, 400, "INVALID_PARAMETER_VALUE"),
]
for method, path, body, status, code in CASES:

    def _case(
        w: World, method: str = method, path: str = path, body: dict[str, object] = body, status: int = status, code: str = code
    ) -> None:
        leaks_nothing(answers(w.wire.call(method, path, body), status, code))

    sent = " ".join(f"{key}={str(value)[:30]}" for key, value in body.items()) or "nothing"
    errors.add(f"{method} {path} with {sent}: {status} {code}", _case)


@errors.step("a body that is no JSON is refused")
def _(w: World) -> None:
    reply = w.wire.send("POST", "/api/2.0/mlflow/runs/create", b"{not json", {"Content-Type": "application/json"})
    true(reply.status == 400, f"status {reply.status}: {reply.text[:200]}")


@errors.step("a body that is a list is refused")
def _(w: World) -> None:
    reply = w.wire.send("POST", "/api/2.0/mlflow/runs/create", b"[1]", {"Content-Type": "application/json"})
    true(400 <= reply.status < 600 and reply.status != 200, f"status {reply.status}")


@errors.step("fields that nobody knows are left aside")
def _(w: World) -> None:
    body = {"run_id": w.run_id(), "key": "a", "value": "b", "something_new": {"x": 1}}
    answers(w.wire.call("POST", "runs/set-tag", body), 200)


@errors.step("a run id in another form is not found, and not taken for a pattern")
def _(w: World) -> None:
    for run in ("%", "_" * 32, "' OR '1'='1", "../../etc/passwd", "x" * 300):
        reply = leaks_nothing(w.wire.call("GET", "runs/get", {"run_id": run}))
        true(reply.status in (400, 404), f"{run!r}: {reply.status}")


@errors.step("run_uuid stands for run_id")
def _(w: World) -> None:
    run = w.run_id()
    answers(w.wire.call("POST", "runs/set-tag", {"run_uuid": run, "key": "a", "value": "b"}), 200)
    equal(w.client.get_run(run).data.tags["a"], "b")
    got = answers(w.wire.call("GET", "runs/get", {"run_uuid": run}), 200).json
    equal(got["run"]["info"]["run_id"], run)


@errors.step("errors are JSON with error_code and message")
def _(w: World) -> None:
    reply = answers(w.wire.call("GET", "runs/get", {"run_id": NONE}), 404)
    true(reply.headers["content-type"].startswith("application/json"), reply.headers["content-type"])
    true({"error_code", "message"} <= reply.json.keys(), reply.text)
