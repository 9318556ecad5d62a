"""Models that are logged and loaded: pyfunc, scikit-learn, ONNX; by run, by id, by registered name, alias and stage."""

from __future__ import annotations

from typing import Any

import mlflow
import numpy as np
import pandas as pd
from mlflow.models import infer_signature

from check import equal, refuses, same, true
from runner import Group
from world import World

models = Group("models")
#: Said, so that the client need not find them out in another process.
REQUIREMENTS = {"pip_requirements": ["mlflow"]}


class Doubler(mlflow.pyfunc.PythonModel):
    """Twice its input."""

    def predict(self, context: Any, model_input: pd.DataFrame, params: dict[str, Any] | None = None) -> pd.DataFrame:
        return model_input * 2


def classifier() -> tuple[Any, np.ndarray]:
    from sklearn.linear_model import LogisticRegression

    inputs = np.array([[0.0], [1.0], [2.0], [3.0]], dtype=np.float32)
    return LogisticRegression().fit(inputs, [0, 0, 1, 1]), inputs


def log_classifier(w: World, **more: Any) -> Any:
    """A scikit-learn model in a run of its own."""
    model, inputs = classifier()
    with mlflow.start_run(experiment_id=w.experiment):
        signature = infer_signature(inputs, model.predict(inputs))
        return mlflow.sklearn.log_model(model, signature=signature, **{"name": "classifier", **REQUIREMENTS, **more})


@models.step("pyfunc: a class of one's own predicts the same again")
def _(w: World) -> None:
    with mlflow.start_run(experiment_id=w.experiment):
        info = mlflow.pyfunc.log_model(name="doubler", python_model=Doubler(), **REQUIREMENTS)
    loaded = mlflow.pyfunc.load_model(info.model_uri)
    equal(loaded.predict(pd.DataFrame({"x": [1, 2]}))["x"].tolist(), [2, 4])


@models.step("scikit-learn: log_model and load_model")
def _(w: World) -> None:
    info = w.once("classifier", lambda: log_classifier(w))
    model, inputs = classifier()
    equal(mlflow.sklearn.load_model(info.model_uri).predict(inputs).tolist(), model.predict(inputs).tolist())


@models.step("scikit-learn as pyfunc, its signature kept")
def _(w: World) -> None:
    info = w.once("classifier", lambda: log_classifier(w))
    loaded = mlflow.pyfunc.load_model(info.model_uri)
    equal(loaded.predict(np.array([[0.0], [3.0]], dtype=np.float32)).tolist(), [0, 1])
    true(loaded.metadata.signature is not None, "no signature")


@models.step("ONNX: log_model and load_model")
def _(w: World) -> None:
    from skl2onnx import to_onnx

    model, inputs = classifier()
    graph = to_onnx(model, inputs[:1], options={"zipmap": False})
    with mlflow.start_run(experiment_id=w.experiment):
        info = mlflow.onnx.log_model(graph, name="onnx", signature=infer_signature(inputs), **REQUIREMENTS)
    equal(mlflow.onnx.load_model(info.model_uri).graph.name, graph.graph.name)
    predicted = mlflow.pyfunc.load_model(info.model_uri).predict(inputs)
    equal(predicted["label"].tolist(), model.predict(inputs).tolist())


@models.step("the model is one of MLflow 3: an id, its run, ready, and an output of the run")
def _(w: World) -> None:
    info = w.once("classifier", lambda: log_classifier(w))
    model = mlflow.get_logged_model(info.model_id)
    equal((model.name, model.source_run_id, str(model.status)), ("classifier", info.run_id, "READY"))
    equal(model.artifact_location, f"mlflow-artifacts:/{w.experiment}/models/{info.model_id}/artifacts")
    equal([one.model_id for one in w.client.get_run(info.run_id).outputs.model_outputs], [info.model_id])


@models.step("its files are the model's, listed by its id")
def _(w: World) -> None:
    info = w.once("classifier", lambda: log_classifier(w))
    names = [one.path for one in w.client.list_logged_model_artifacts(info.model_id)]
    true("MLmodel" in names and "requirements.txt" in names, f"files: {names}")


@models.step("runs:/ finds it by the run and the model's name")
def _(w: World) -> None:
    info = w.once("classifier", lambda: log_classifier(w))
    loaded = mlflow.pyfunc.load_model(f"runs:/{info.run_id}/classifier")
    equal(loaded.predict(np.array([[3.0]], dtype=np.float32)).tolist(), [1])


@models.step("get_model_info reads without loading")
def _(w: World) -> None:
    info = w.once("classifier", lambda: log_classifier(w))
    got = mlflow.models.get_model_info(info.model_uri)
    equal((got.model_id, got.model_uuid), (info.model_id, info.model_uuid))
    true("sklearn" in got.flavors, str(got.flavors.keys()))


@models.step("registered while it is logged: version 1, ready, from this run and model")
def _(w: World) -> None:
    name = w.name("registered")
    info = log_classifier(w, registered_model_name=name)
    equal(str(info.registered_model_version), "1")
    version = w.client.get_model_version(name, "1")
    equal((version.status, version.run_id), ("READY", info.run_id))
    equal(version.source, f"models:/{info.model_id}")
    again = log_classifier(w, registered_model_name=name)
    equal(str(again.registered_model_version), "2")


def registered(w: World) -> str:
    """A model of two versions: of alias `champion` and stage Production the first."""
    name = w.name("loadable")
    log_classifier(w, registered_model_name=name)
    log_classifier(w, registered_model_name=name)
    w.client.set_registered_model_alias(name, "champion", "1")
    w.client.transition_model_version_stage(name, "1", "Production")
    return name


for suffix in ("/1", "/2", "@champion", "/Production", "/latest"):

    def _load(w: World, suffix: str = suffix) -> None:
        name = w.once("registered", lambda: registered(w))
        loaded = mlflow.pyfunc.load_model(f"models:/{name}{suffix}")
        equal(loaded.predict(np.array([[0.0], [3.0]], dtype=np.float32)).tolist(), [0, 1])

    models.add(f"load_model of models:/name{suffix}", _load)


@models.step("load_model of an alias or stage that nothing has is refused")
def _(w: World) -> None:
    name = w.once("registered", lambda: registered(w))
    refuses("INVALID_PARAMETER_VALUE", lambda: mlflow.pyfunc.load_model(f"models:/{name}@nobody"), "nobody")
    refuses("RESOURCE_DOES_NOT_EXIST", lambda: mlflow.pyfunc.load_model(f"models:/{w.name('none')}/1"))


@models.step("the logged model knows of which versions it is the source")
def _(w: World) -> None:
    name = w.name("tagged")
    info = log_classifier(w, registered_model_name=name)
    tags = mlflow.get_logged_model(info.model_id).tags
    true(name in tags.get("mlflow.modelVersions", ""), f"tags: {tags}")


@models.step("register_model of a model that is there, by its id and by its run")
def _(w: World) -> None:
    info = w.once("classifier", lambda: log_classifier(w))
    name = w.name("later")
    first = mlflow.register_model(info.model_uri, name, await_registration_for=20)
    second = mlflow.register_model(f"runs:/{info.run_id}/classifier", name, await_registration_for=20)
    equal((first.version, second.version), ("1", "2"))
    equal((first.run_id, second.run_id), (info.run_id, info.run_id))
    equal(mlflow.pyfunc.load_model(f"models:/{name}/2").predict(np.array([[3.0]], dtype=np.float32)).tolist(), [1])


@models.step("what the run has logged at the step of the model, 0, is the model's too")
def _(w: World) -> None:
    model, _inputs = classifier()
    with mlflow.start_run(experiment_id=w.experiment):
        mlflow.log_metric("acc", 0.9)
        mlflow.log_metric("later", 0.9, step=3)
        mlflow.log_params({"c": 1})
        info = mlflow.sklearn.log_model(model, name="after", **REQUIREMENTS)
    got = mlflow.get_logged_model(info.model_id)
    same([(metric.key, metric.value, metric.step) for metric in got.metrics], [("acc", 0.9, 0)])
    equal(got.params, {"c": "1"})


@models.step("an example of its input is kept with it")
def _(w: World) -> None:
    model, inputs = classifier()
    with mlflow.start_run(experiment_id=w.experiment):
        info = mlflow.sklearn.log_model(model, name="example", input_example=inputs[:2], **REQUIREMENTS)
    loaded = mlflow.pyfunc.load_model(info.model_uri)
    equal(loaded.input_example.tolist(), inputs[:2].tolist())


@models.step("two models of one run are two")
def _(w: World) -> None:
    model, _inputs = classifier()
    with mlflow.start_run(experiment_id=w.experiment) as run:
        ids = [mlflow.sklearn.log_model(model, name=name, **REQUIREMENTS).model_id for name in ("one", "two")]
    same([one.model_id for one in w.client.get_run(run.info.run_id).outputs.model_outputs], ids)
