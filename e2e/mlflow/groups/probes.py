"""What the client asks before anything else."""

from __future__ import annotations

from packaging.version import Version

from check import answers, equal, same, true
from runner import Group
from world import World

probes = Group("probes")


@probes.step("/health answers OK")
def _(w: World) -> None:
    reply = answers(w.wire.call("GET", "/health"), 200)
    equal(reply.text.strip(), "OK")


@probes.step("/version is a version that takes spans (3.4 or later)")
def _(w: World) -> None:
    reply = answers(w.wire.call("GET", "/version"), 200)
    true(Version(reply.text.strip()) >= Version("3.4"), f"the version is {reply.text!r}")


@probes.step("both need no key and no Host that is allowed")
def _(w: World) -> None:
    nobody = w.wire.with_token(None)
    for path in ("/health", "/version"):
        equal(nobody.send("GET", path, headers={"Host": "elsewhere.example"}).status, 200, path)


@probes.step("server-info says what is offered")
def _(w: World) -> None:
    info = answers(w.wire.call("GET", "/api/3.0/mlflow/server-info"), 200).json
    true(isinstance(info["store_type"], str), "store_type is a text")
    for name in ("workspaces_enabled", "multipart_uploads_enabled", "multipart_downloads_enabled"):
        true(isinstance(info[name], bool), f"{name} is {info.get(name)!r}")


@probes.step("another Host is refused (DNS rebinding)")
def _(w: World) -> None:
    path = "/api/2.0/mlflow/experiments/get?experiment_id=0"
    equal(w.wire.send("GET", path, headers={"Host": "elsewhere.example"}).status, 403)


@probes.step("the same handlers answer below /ajax-api")
def _(w: World) -> None:
    asked = {"experiment_id": w.experiment}
    api = answers(w.wire.call("GET", "/api/2.0/mlflow/experiments/get", asked), 200)
    ajax = answers(w.wire.call("GET", "/ajax-api/2.0/mlflow/experiments/get", asked), 200)
    equal(ajax.json, api.json)


@probes.step("a path that is no route is not found")
def _(w: World) -> None:
    answers(w.wire.call("GET", "experiments/nothing-of-that-name"), 404)
    answers(w.wire.call("POST", "runs/nothing-of-that-name", {}), 404)


@probes.step("a method that a route has not is refused")
def _(w: World) -> None:
    true(w.wire.call("POST", "experiments/get", {}).status in (404, 405), "POST of a GET")


@probes.step("every reply of the API is a JSON object")
def _(w: World) -> None:
    reply = answers(w.wire.call("POST", "experiments/search", {"max_results": 5}), 200)
    true(reply.headers["content-type"].startswith("application/json"), reply.headers["content-type"])
    run = w.run_id()
    done = answers(w.wire.call("POST", "runs/set-tag", {"run_id": run, "key": "k", "value": "v"}), 200)
    same(done.json.keys(), [])
