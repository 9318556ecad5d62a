"""mlflow.autolog with scikit-learn."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import mlflow
import numpy as np
from mlflow.entities import Run

from check import equal, near, same, true
from runner import Group
from world import World

autolog = Group("autolog")


@contextmanager
def logging(**options: Any) -> Iterator[None]:
    mlflow.sklearn.autolog(**{"log_models": False, "silent": True, **options})
    try:
        yield
    finally:
        mlflow.sklearn.autolog(disable=True)


def data() -> tuple[np.ndarray, np.ndarray]:
    inputs = np.linspace(0, 1, 40).reshape(-1, 1)
    return inputs, (inputs.ravel() > 0.5).astype(int)


def fit(w: World, train: Callable[[], object], **options: Any) -> Run:
    """The run that fitting left behind."""
    with logging(**options), mlflow.start_run(experiment_id=w.experiment) as run:
        train()
    return w.client.get_run(run.info.run_id)


def forest() -> object:
    from sklearn.ensemble import RandomForestClassifier

    return RandomForestClassifier(n_estimators=3, max_depth=2, random_state=0).fit(*data())


@autolog.step("params of the estimator, every one")
def _(w: World) -> None:
    run = w.once("forest", lambda: fit(w, forest))
    params = run.data.params
    equal((params["n_estimators"], params["max_depth"], params["random_state"]), ("3", "2", "0"))
    true(len(params) > 10, f"only {len(params)} params")


@autolog.step("metrics of training")
def _(w: World) -> None:
    metrics = w.once("forest", lambda: fit(w, forest)).data.metrics
    true(0.9 <= metrics["training_accuracy_score"] <= 1, f"accuracy {metrics}")
    true({"training_f1_score", "training_log_loss", "training_score"} <= metrics.keys(), str(metrics.keys()))


@autolog.step("tags of the estimator, the dataset as input")
def _(w: World) -> None:
    run = w.once("forest", lambda: fit(w, forest))
    equal(run.data.tags["estimator_name"], "RandomForestClassifier")
    equal(len(run.inputs.dataset_inputs), 1)


@autolog.step("pictures and reports as artifacts")
def _(w: World) -> None:
    run = w.once("forest", lambda: fit(w, forest))
    names = [one.path for one in w.client.list_artifacts(run.info.run_id)]
    true("estimator.html" in names and "training_confusion_matrix.png" in names, f"artifacts: {names}")


@autolog.step("metrics after training: score and sklearn.metrics")
def _(w: World) -> None:
    import sklearn.metrics
    from sklearn.linear_model import LogisticRegression

    inputs, targets = data()

    def train() -> None:
        model = LogisticRegression().fit(inputs, targets)
        model.score(inputs, targets)
        predicted = model.predict(inputs)
        sklearn.metrics.accuracy_score(targets, predicted)

    metrics = fit(w, train).data.metrics
    found = [key for key in metrics if key.startswith(("LogisticRegression_score", "accuracy_score"))]
    equal(len(found), 2, str(metrics.keys()))


@autolog.step("a grid search: a parent with the best, a child a candidate")
def _(w: World) -> None:
    from sklearn.linear_model import Ridge
    from sklearn.model_selection import GridSearchCV

    inputs, targets = data()
    run = fit(w, lambda: GridSearchCV(Ridge(), {"alpha": [0.1, 1.0, 10.0]}, cv=3).fit(inputs, targets))
    true("best_cv_score" in run.data.metrics, str(run.data.metrics))
    children = w.client.search_runs([w.experiment], f"tags.`mlflow.parentRunId` = '{run.info.run_id}'")
    same([child.data.params["alpha"] for child in children], ["0.1", "1.0", "10.0"])


@autolog.step("the model itself, loaded again")
def _(w: World) -> None:
    from sklearn.linear_model import LinearRegression

    inputs = np.array([[0.0], [1.0], [2.0]])
    run = fit(w, lambda: LinearRegression().fit(inputs, [0.0, 2.0, 4.0]), log_models=True)
    [output] = run.outputs.model_outputs
    near(float(mlflow.sklearn.load_model(f"models:/{output.model_id}").predict([[3.0]])[0]), 6.0)
    equal(mlflow.get_logged_model(output.model_id).source_run_id, run.info.run_id)


@autolog.step("without a run of its own it makes one, and ends it")
def _(w: World) -> None:
    experiment = w.client.create_experiment(w.name("own-run"))
    mlflow.set_experiment(experiment_id=experiment)
    with logging():
        forest()
    [run] = w.client.search_runs([experiment])
    equal((run.info.status, run.data.params["n_estimators"]), ("FINISHED", "3"))
