"""Tricks with paths of artifacts, by raw HTTP: on every route, and none of them reaches anything."""

from __future__ import annotations

from check import answers, equal, leaks_nothing, true
from runner import Group
from wire import Reply
from world import World

paths = Group("paths")
strict_paths = Group("extensions · paths", is_extension=True)
#: As it stands in the URL, and what it tries. `#` and `?` belong to the URL itself; their encoded forms are names.
TRICKS = {
    "..": "../secret.txt",
    ".. in the middle": "a/../../secret.txt",
    "%2e%2e": "%2e%2e/secret.txt",
    "%2e%2e%2f": "%2e%2e%2fsecret.txt",
    "..%2f": "..%2fsecret.txt",
    "twice encoded": "%252e%252e%252fsecret.txt",
    "three times encoded": "%25252e%25252e%25252fsecret.txt",
    "a backslash": "..%5csecret.txt",
    "a drive": "C:%5cWindows%5csecret.txt",
    "a UNC path": "%5c%5c%3f%5cC:%5csecret.txt",
    "an absolute path": "%2fetc%2fpasswd",
    "a file URL": "file:%2f%2f%2fetc%2fpasswd",
    "NUL": "a%00.txt",
    "a fragment": "a%23/../../secret.txt",
    "a parameter": "a;/../../secret.txt",
}
#: What the reference does not refuse, or with 500: these steps are ours alone.
LENIENT = {
    "upload": ("a backslash", "a drive", "a UNC path", "an absolute path", "a file URL", "NUL"),
    "delete": ("a backslash", "a drive", "a UNC path", "an absolute path", "a file URL", "NUL"),
}


def base(w: World) -> str:
    """The folder of a run with one file, for all steps of the group."""
    run = w.once("run", w.run_id)
    w.once("file", lambda: w.client.log_text(run, "untouched", "keep.txt"))
    return f"{w.experiment}/{run}/artifacts"


def refused(reply: Reply) -> None:
    true(400 <= reply.status < 500, f"status {reply.status}: {reply.text[:200]!r}")
    true(b"root:" not in reply.body, "it has read /etc/passwd")
    leaks_nothing(reply)


def kept(w: World) -> None:
    """Nothing but the one file is there, with what it had."""
    run = w.once("run", w.run_id)
    equal([one.path for one in w.client.list_artifacts(run)], ["keep.txt"])
    path = f"/api/2.0/mlflow-artifacts/artifacts/{base(w)}/keep.txt"
    equal(answers(w.wire.call("GET", path), 200).body, b"untouched")


def try_download(w: World, trick: str) -> None:
    refused(w.wire.send("GET", f"/api/2.0/mlflow-artifacts/artifacts/{base(w)}/{trick}"))


def try_upload(w: World, trick: str) -> None:
    refused(w.wire.send("PUT", f"/api/2.0/mlflow-artifacts/artifacts/{base(w)}/{trick}", b"evil"))
    kept(w)


def try_delete(w: World, trick: str) -> None:
    refused(w.wire.send("DELETE", f"/api/2.0/mlflow-artifacts/artifacts/{base(w)}/{trick}"))
    kept(w)


def try_listing(w: World, trick: str) -> None:
    for path in (
        f"/api/2.0/mlflow-artifacts/artifacts?path={base(w)}/{trick}",
        f"/api/2.0/mlflow/artifacts/list?run_id={w.once('run', w.run_id)}&path={trick}",
    ):
        reply = w.wire.send("GET", path)
        leaks_nothing(reply)
        true(b"passwd" not in reply.body or reply.status >= 400, f"{path}: {reply.text[:200]}")
        # What is only another name of nothing may be listed: as empty.
        true(400 <= reply.status < 500 or (reply.status == 200 and not reply.json.get("files")), f"{path}: {reply.text[:200]}")


for what, trick in TRICKS.items():
    for verb, function in (
        ("download", try_download),
        ("upload", try_upload),
        ("delete", try_delete),
        ("listing", try_listing),
    ):

        def _trick(w: World, function: object = function, trick: str = trick) -> None:
            function(w, trick)  # type: ignore[operator]

        group = strict_paths if what in LENIENT.get(verb, ()) else paths
        group.add(f"{verb} of {what}: {trick}", _trick)


@paths.step("a run's folder is not the folder of all")
def _(w: World) -> None:
    base(w)
    for verb in ("GET", "DELETE", "PUT"):
        for path in ("..", "%2e%2e", "../..", ""):
            body = b"evil" if verb == "PUT" else None
            reply = w.wire.send(verb, f"/api/2.0/mlflow-artifacts/artifacts/{path}", body)
            true(reply.status >= 400 or (verb == "GET" and path == ""), f"{verb} {path!r}: {reply.status}")
    kept(w)


@paths.step("an experiment takes no location of the client's that leads elsewhere")
def _(w: World) -> None:
    for location in ("mlflow-artifacts:/../x", "file:///etc", "/etc", "http://h/a?b#../c", "mlflow-artifacts://h/%2e%2e/x"):
        body = {"name": w.name("loc"), "artifact_location": location}
        reply = w.wire.call("POST", "experiments/create", body)
        true(reply.status in (200, 400), f"{location}: {reply.status}")
        if reply.status == 200:
            # The reference keeps some; what counts is that nothing of the server's can be read through it.
            run = w.client.create_run(reply.json["experiment_id"]).info.run_id
            listing = w.wire.call("GET", "artifacts/list", {"run_id": run})
            true("passwd" not in listing.text, f"{location}: {listing.text[:300]}")


@paths.step("a model version takes no source that leads elsewhere")
def _(w: World) -> None:
    name = w.name("source")
    w.client.create_registered_model(name)
    for source in ("/etc/passwd", "file:///etc", "mlflow-artifacts:/../../etc", "models:/../x", "runs:/../x"):
        reply = w.wire.call("POST", "model-versions/create", {"name": name, "source": source})
        answers(leaks_nothing(reply), 400, "INVALID_PARAMETER_VALUE")
    equal(w.client.search_model_versions(f"name = '{name}'"), [])
