"""Projects and permissions: what another project has, and what a key may not do. Left out against the reference."""

from __future__ import annotations

from dataclasses import dataclass

from check import answers, equal, leaks_nothing, true
from runner import Group, Skip
from wire import Wire
from world import World

from .registry import version_of

projects = Group("extensions · projects", is_extension=True)
permissions = Group("extensions · permissions", is_extension=True)
EVERYTHING = ["tracking:read", "tracking:write", "registry:read", "registry:write"]


def key_of(w: World, name: str, role: str, scopes: list[str], project: str | None = None) -> str:
    """A key of a fresh service account; made with the suite's own, which has to be an admin's."""
    headers = {"X-Assay-Project": project} if project else {}
    account = w.wire.call("POST", "/api/service-accounts", {"name": w.name(name), "role": role}, headers)
    if account.status in (401, 403):
        raise Skip("the suite's key makes no service accounts")
    body = {"name": name, "scopes": scopes, "serviceAccount": answers(account, 201).json["id"]}
    return answers(w.wire.call("POST", "/api/keys", body, headers), 201).json["key"]  # type: ignore[no-any-return]


@dataclass(frozen=True)
class Side:
    """Another project, and a key of its own."""

    project: str
    wire: Wire


def side(w: World) -> Side:
    project = w.name("side")
    made = w.wire.call("POST", "/api/projects", {"id": project, "name": "Side"})
    if made.status in (401, 403):
        raise Skip("the suite's key makes no projects")
    answers(made, 201)
    return Side(project, w.wire.with_token(key_of(w, "side", "member", EVERYTHING, project)))


def foreign(w: World) -> dict[str, str]:
    """One of each thing, in the suite's own project."""
    run = w.run_id()
    w.client.log_metric(run, "m", 1)
    w.client.log_text(run, "secret", "a.txt")
    name = w.name("foreign")
    w.client.create_registered_model(name)
    version_of(w, name)
    model = w.client.create_logged_model(w.experiment, name="foreign").model_id
    return {"run": run, "name": name, "model": model, "experiment": w.experiment}


#: Method, path, body: `$run` and the others are put in.
FOREIGN: list[tuple[str, str, dict[str, object]]] = [
    ("GET", "experiments/get", {"experiment_id": "$experiment"}),
    ("POST", "experiments/update", {"experiment_id": "$experiment", "new_name": "stolen"}),
    ("POST", "experiments/delete", {"experiment_id": "$experiment"}),
    ("POST", "experiments/restore", {"experiment_id": "$experiment"}),
    ("POST", "experiments/set-experiment-tag", {"experiment_id": "$experiment", "key": "a", "value": "b"}),
    ("POST", "runs/create", {"experiment_id": "$experiment"}),
    ("GET", "runs/get", {"run_id": "$run"}),
    ("POST", "runs/update", {"run_id": "$run", "status": "FAILED"}),
    ("POST", "runs/delete", {"run_id": "$run"}),
    ("POST", "runs/restore", {"run_id": "$run"}),
    ("POST", "runs/log-metric", {"run_id": "$run", "key": "x", "value": 1, "timestamp": 1}),
    ("POST", "runs/log-parameter", {"run_id": "$run", "key": "x", "value": "1"}),
    ("POST", "runs/log-batch", {"run_id": "$run", "metrics": [{"key": "x", "value": 1, "timestamp": 1}]}),
    ("POST", "runs/set-tag", {"run_id": "$run", "key": "a", "value": "b"}),
    ("POST", "runs/delete-tag", {"run_id": "$run", "key": "mlflow.runName"}),
    ("GET", "artifacts/list", {"run_id": "$run"}),
    ("GET", "/api/2.0/mlflow-artifacts/artifacts/$experiment/$run/artifacts/a.txt", {}),
    ("PUT", "/api/2.0/mlflow-artifacts/artifacts/$experiment/$run/artifacts/b.txt", {}),
    ("DELETE", "/api/2.0/mlflow-artifacts/artifacts/$experiment/$run/artifacts/a.txt", {}),
    ("POST", "/api/2.0/mlflow-artifacts/mpu/create/$experiment/$run/artifacts/c.txt", {"path": "c.txt", "num_parts": 1}),
    ("GET", "registered-models/get", {"name": "$name"}),
    ("PATCH", "registered-models/update", {"name": "$name", "description": "stolen"}),
    ("DELETE", "registered-models/delete", {"name": "$name"}),
    ("POST", "registered-models/rename", {"name": "$name", "new_name": "stolen"}),
    ("POST", "registered-models/set-tag", {"name": "$name", "key": "a", "value": "b"}),
    ("POST", "registered-models/alias", {"name": "$name", "alias": "a", "version": "1"}),
    ("GET", "model-versions/get", {"name": "$name", "version": "1"}),
    ("GET", "model-versions/get-download-uri", {"name": "$name", "version": "1"}),
    ("PATCH", "model-versions/update", {"name": "$name", "version": "1", "description": "stolen"}),
    ("DELETE", "model-versions/delete", {"name": "$name", "version": "1"}),
    ("GET", "logged-models/$model", {}),
    ("PATCH", "logged-models/$model", {"model_id": "$model", "status": "LOGGED_MODEL_READY"}),
    ("DELETE", "logged-models/$model", {}),
]


def put_in(value: object, things: dict[str, str]) -> object:
    if isinstance(value, str):
        for name, thing in things.items():
            value = value.replace(f"${name}", thing)
    return value


for method, path, body in FOREIGN:

    def _foreign(w: World, method: str = method, path: str = path, body: dict[str, object] = body) -> None:
        other = w.once("side", lambda: side(w))
        things = w.once("foreign", lambda: foreign(w))
        filled = {key: put_in(value, things) for key, value in body.items()}
        reply = other.wire.call(method, str(put_in(path, things)), filled)
        answers(leaks_nothing(reply), 404, "RESOURCE_DOES_NOT_EXIST")

    projects.add(f"another project's {method} {path}: not found", _foreign)


@projects.step("nothing of it has changed")
def _(w: World) -> None:
    things = w.once("foreign", lambda: foreign(w))
    run = w.client.get_run(things["run"])
    equal((run.info.status, run.info.lifecycle_stage, run.data.metrics, run.data.params), ("RUNNING", "active", {"m": 1.0}, {}))
    equal([one.path for one in w.client.list_artifacts(things["run"])], ["a.txt"])
    model = w.client.get_registered_model(things["name"])
    equal((model.aliases, model.tags, len(model.latest_versions)), ({}, {}, 1))


@projects.step("searches find nothing of another project")
def _(w: World) -> None:
    other = w.once("side", lambda: side(w))
    things = w.once("foreign", lambda: foreign(w))
    for path, body, field in (
        ("runs/search", {"experiment_ids": [things["experiment"]]}, "runs"),
        ("experiments/search", {"max_results": 100, "filter": f"experiment_id = '{things['experiment']}'"}, "experiments"),
        ("logged-models/search", {"experiment_ids": [things["experiment"]]}, "models"),
    ):
        reply = answers(other.wire.call("POST", path, body), 200)
        equal(reply.json.get(field, []), [], path)
    for path, field in (("registered-models/search", "registered_models"), ("model-versions/search", "model_versions")):
        reply = answers(other.wire.call("GET", path, {"filter": f"name = '{things['name']}'"}), 200)
        equal(reply.json.get(field, []), [], path)


@projects.step("one name in two projects is two experiments and two models")
def _(w: World) -> None:
    other = w.once("side", lambda: side(w))
    name = w.name("same")
    ours = w.client.create_experiment(name)
    theirs = answers(other.wire.call("POST", "experiments/create", {"name": name}), 200).json["experiment_id"]
    true(ours != theirs, f"both are {ours}")
    w.client.create_registered_model(name)
    answers(other.wire.call("POST", "registered-models/create", {"name": name}), 200)


@projects.step("X-MLFLOW-WORKSPACE names the project; only who may reaches it")
def _(w: World) -> None:
    other = w.once("side", lambda: side(w))
    header = {"X-MLFLOW-WORKSPACE": other.project}
    name = w.name("in-side")
    made = answers(w.wire.call("POST", "experiments/create", {"name": name}, header), 200).json["experiment_id"]
    got = answers(other.wire.call("GET", "experiments/get", {"experiment_id": made}), 200).json["experiment"]
    equal(got["name"], name)
    equal(w.client.get_experiment_by_name(name), None)
    elsewhere = {"X-MLFLOW-WORKSPACE": "default"}
    equal(other.wire.call("GET", "experiments/get-by-name", {"experiment_name": name}, elsewhere).status, 404)


@projects.step("a model version takes no source of another project")
def _(w: World) -> None:
    other = w.once("side", lambda: side(w))
    things = w.once("foreign", lambda: foreign(w))
    name = w.name("thief")
    answers(other.wire.call("POST", "registered-models/create", {"name": name}), 200)
    for source in (
        f"mlflow-artifacts:/{things['experiment']}/{things['run']}/artifacts/model",
        f"runs:/{things['run']}/model",
        f"models:/{things['model']}",
        f"models:/{things['name']}/1",
    ):
        reply = other.wire.call("POST", "model-versions/create", {"name": name, "source": source})
        true(reply.status in (400, 404), f"{source}: {reply.status} {reply.text[:200]}")


READS: list[tuple[str, str, dict[str, object]]] = [
    ("GET", "experiments/get", {"experiment_id": "$experiment"}),
    ("GET", "runs/get", {"run_id": "$run"}),
    ("POST", "runs/search", {"experiment_ids": ["0"]}),
    ("GET", "artifacts/list", {"run_id": "$run"}),
    ("GET", "/api/2.0/mlflow-artifacts/artifacts/$experiment/$run/artifacts/a.txt", {}),
    ("GET", "registered-models/search", {}),
]
WRITES: list[tuple[str, str, dict[str, object]]] = [
    ("POST", "experiments/create", {"name": "by-viewer"}),
    ("POST", "runs/create", {"experiment_id": "$experiment"}),
    ("POST", "runs/log-metric", {"run_id": "$run", "key": "x", "value": 1, "timestamp": 1}),
    ("POST", "runs/delete", {"run_id": "$run"}),
    ("PUT", "/api/2.0/mlflow-artifacts/artifacts/$experiment/$run/artifacts/v.txt", {}),
    ("DELETE", "/api/2.0/mlflow-artifacts/artifacts/$experiment/$run/artifacts/a.txt", {}),
    ("POST", "registered-models/create", {"name": "by-viewer"}),
    ("DELETE", "registered-models/delete", {"name": "$name"}),
]
for method, path, body in READS + WRITES:
    allowed = (method, path, body) in READS

    def _viewer(w: World, method: str = method, path: str = path, body: dict[str, object] = body, allowed: bool = allowed) -> None:
        token = w.once("viewer", lambda: key_of(w, "viewer", "viewer", ["tracking:read", "registry:read"]))
        things = w.once("foreign", lambda: foreign(w))
        filled = {key: put_in(value, things) for key, value in body.items()}
        reply = w.wire.with_token(token).call(method, str(put_in(path, things)), filled)
        if allowed:
            answers(reply, 200)
        else:
            answers(reply, 403, "PERMISSION_DENIED")

    permissions.add(f"a key that reads {'does' if allowed else 'does not'} {method} {path}", _viewer)

for method, path, body in READS + WRITES:

    def _nobody(w: World, method: str = method, path: str = path, body: dict[str, object] = body) -> None:
        things = w.once("foreign", lambda: foreign(w))
        filled = {key: put_in(value, things) for key, value in body.items()}
        for token in (None, "ask_wrong"):
            reply = w.wire.with_token(token).call(method, str(put_in(path, things)), filled)
            answers(reply, 401, "UNAUTHENTICATED")

    permissions.add(f"without a key, and with a wrong one: {method} {path}", _nobody)
