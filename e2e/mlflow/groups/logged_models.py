"""Logged models of MLflow 3: their life apart from runs."""

from __future__ import annotations

import mlflow
from mlflow.entities import LoggedModelOutput, LoggedModelParameter, LoggedModelStatus

from check import answers, equal, refuses, same, true
from runner import Group
from world import World

logged_models = Group("logged models")


@logged_models.step("one that is created is pending, with an id and a place of its own")
def _(w: World) -> None:
    made = w.client.create_logged_model(w.experiment, name="first", tags={"a": "1"}, params={"p": "2"}, model_type="agent")
    true(made.model_id.startswith("m-") and len(made.model_id) == 34, f"id {made.model_id!r}")
    got = w.client.get_logged_model(made.model_id)
    equal((got.name, got.model_type, got.experiment_id), ("first", "agent", w.experiment))
    equal((got.status, got.tags, got.params), (LoggedModelStatus.PENDING, {"a": "1"}, {"p": "2"}))
    equal(got.artifact_location, f"mlflow-artifacts:/{w.experiment}/models/{made.model_id}/artifacts")
    true(0 < got.creation_timestamp <= got.last_updated_timestamp, "times")


@logged_models.step("without a name it gets one")
def _(w: World) -> None:
    true(w.client.create_logged_model(w.experiment).name, "no name")


for status in (LoggedModelStatus.READY, LoggedModelStatus.FAILED):

    def _finalize(w: World, status: LoggedModelStatus = status) -> None:
        made = w.client.create_logged_model(w.experiment, name="final")
        equal(w.client.finalize_logged_model(made.model_id, status).status, status)
        equal(w.client.get_logged_model(made.model_id).status, status)

    logged_models.add(f"finalize to {status}", _finalize)


@logged_models.step("tags are set, replaced and deleted")
def _(w: World) -> None:
    made = w.client.create_logged_model(w.experiment, name="tags")
    w.client.set_logged_model_tags(made.model_id, {"a": "1", "b.c/d": "2"})
    w.client.set_logged_model_tags(made.model_id, {"a": "3"})
    equal(w.client.get_logged_model(made.model_id).tags, {"a": "3", "b.c/d": "2"})
    w.client.delete_logged_model_tag(made.model_id, "a")
    equal(w.client.get_logged_model(made.model_id).tags, {"b.c/d": "2"})


@logged_models.step("params are added")
def _(w: World) -> None:
    made = w.client.create_logged_model(w.experiment, name="params")
    w.client.log_model_params(made.model_id, {"lr": "0.1"})
    mlflow.log_model_params({"depth": "3"}, made.model_id)
    equal(w.client.get_logged_model(made.model_id).params, {"lr": "0.1", "depth": "3"})


@logged_models.step("100 params at the creation")
def _(w: World) -> None:
    want = {f"p{at}": str(at) for at in range(100)}
    made = w.client.create_logged_model(w.experiment, name="many", params=want)
    equal(w.client.get_logged_model(made.model_id).params, want)


@logged_models.step("metrics of several steps and datasets")
def _(w: World) -> None:
    run = w.run_id()
    made = w.client.create_logged_model(w.experiment, name="metrics", source_run_id=run)
    for step, value in ((1, 0.5), (2, 0.7)):
        w.client.log_metric(run, "acc", value, step=step, timestamp=step, model_id=made.model_id,
                            dataset_name="eval", dataset_digest="d1")
    got = w.client.get_logged_model(made.model_id).metrics
    same([(one.key, one.step, one.value, one.dataset_name) for one in got], [("acc", 1, 0.5, "eval"), ("acc", 2, 0.7, "eval")])


@logged_models.step("it is an output of its run, with a step")
def _(w: World) -> None:
    run = w.run_id()
    made = w.client.create_logged_model(w.experiment, name="output", source_run_id=run)
    w.client.log_outputs(run, [LoggedModelOutput(made.model_id, step=7)])
    [output] = w.client.get_run(run).outputs.model_outputs
    equal((output.model_id, output.step), (made.model_id, 7))


@logged_models.step("one that is deleted is found no more")
def _(w: World) -> None:
    made = w.client.create_logged_model(w.experiment, name="gone")
    w.client.delete_logged_model(made.model_id)
    refuses("RESOURCE_DOES_NOT_EXIST", lambda: w.client.get_logged_model(made.model_id))
    found = w.client.search_logged_models([w.experiment], "name = 'gone'")
    equal([one.model_id for one in found], [])


@logged_models.step("one that is not there is not found")
def _(w: World) -> None:
    none = "m-" + "0" * 32
    refuses("RESOURCE_DOES_NOT_EXIST", lambda: w.client.get_logged_model(none))
    # The client makes words of its own of this one.
    tags = {"tags": [{"key": "a", "value": "1"}]}
    answers(w.wire.call("PATCH", f"logged-models/{none}/tags", tags), 404, "RESOURCE_DOES_NOT_EXIST")
    refuses("RESOURCE_DOES_NOT_EXIST", lambda: w.client.finalize_logged_model(none, LoggedModelStatus.READY))
    refuses("RESOURCE_DOES_NOT_EXIST", lambda: w.client.delete_logged_model(none))


@logged_models.step("it needs an experiment that is there")
def _(w: World) -> None:
    refuses("RESOURCE_DOES_NOT_EXIST", lambda: w.client.create_logged_model("999999999", name="x"))


@logged_models.step("a name with a slash or a colon is refused")
def _(w: World) -> None:
    for name in ("a/b", "a:b", "a.b", "a%b", "a'b"):
        body = {"experiment_id": w.experiment, "name": name}
        answers(w.wire.call("POST", "logged-models", body), 400, "INVALID_PARAMETER_VALUE")


@logged_models.step("set_active_model links what is logged afterwards")
def _(w: World) -> None:
    with mlflow.start_run(experiment_id=w.experiment) as run:
        made = mlflow.initialize_logged_model(name="active", experiment_id=w.experiment)
        mlflow.log_metric("acc", 0.25, model_id=made.model_id)
        mlflow.finalize_logged_model(made.model_id, "READY")
    got = mlflow.get_logged_model(made.model_id)
    equal((got.source_run_id, [one.value for one in got.metrics]), (run.info.run_id, [0.25]))


@logged_models.step("the wire's form: info and data")
def _(w: World) -> None:
    made = w.client.create_logged_model(w.experiment, name="wire", params={"p": "1"}, tags={"t": "2"})
    model = answers(w.wire.call("GET", f"logged-models/{made.model_id}"), 200).json["model"]
    info = model["info"]
    equal((info["model_id"], info["status"]), (made.model_id, "LOGGED_MODEL_PENDING"))
    true(isinstance(info["creation_timestamp_ms"], int), "creation_timestamp_ms is a number")
    equal(info["tags"], [{"key": "t", "value": "2"}])
    equal(model["data"]["params"], [{"key": "p", "value": "1"}])


@logged_models.step("files of a model that is pending are written and listed")
def _(w: World) -> None:
    made = w.client.create_logged_model(w.experiment, name="files")
    w.client.log_model_artifact(made.model_id, w.file("weights.bin", b"12345"))
    [found] = w.client.list_logged_model_artifacts(made.model_id)
    equal((found.path, found.is_dir, found.file_size), ("weights.bin", False, 5))
