"""Datasets as inputs of runs."""

from __future__ import annotations

import mlflow
import numpy as np
import pandas as pd
from mlflow.entities import Dataset, DatasetInput, InputTag

from check import answers, equal, refuses, same
from runner import Group
from world import World

datasets = Group("datasets")
LISTED = "/ajax-api/2.0/mlflow/experiments/search-datasets"


def table() -> pd.DataFrame:
    return pd.DataFrame({"x": [1, 2, 3], "y": [0.1, 0.2, 0.3]})


@datasets.step("one that is logged is the run's input, with its context")
def _(w: World) -> None:
    source = mlflow.data.from_pandas(table(), source="https://example.org/d.csv", name="digits", targets="y")
    with mlflow.start_run(experiment_id=w.experiment) as run:
        mlflow.log_input(source, context="training")
    [found] = w.client.get_run(run.info.run_id).inputs.dataset_inputs
    equal((found.dataset.name, found.dataset.digest), ("digits", source.digest))
    equal({tag.key: tag.value for tag in found.tags}, {"mlflow.data.context": "training"})


@datasets.step("its profile and schema come back whole")
def _(w: World) -> None:
    source = mlflow.data.from_numpy(np.zeros((5, 2)), targets=np.ones(5), name="arrays")
    with mlflow.start_run(experiment_id=w.experiment) as run:
        mlflow.log_input(source, context="eval")
    [found] = w.client.get_run(run.info.run_id).inputs.dataset_inputs
    sent = source.to_dict()
    equal({key: getattr(found.dataset, key) for key in ("profile", "schema", "source_type")},
          {key: sent[key] for key in ("profile", "schema", "source_type")})


@datasets.step("several of one run, tags of their own")
def _(w: World) -> None:
    run = w.run_id()
    inputs = [
        DatasetInput(Dataset(f"d{at}", "abc", "local", "{}"), [InputTag("mlflow.data.context", f"c{at}"), InputTag("k", "v")])
        for at in range(5)
    ]
    w.client.log_inputs(run, inputs)
    found = w.client.get_run(run).inputs.dataset_inputs
    same([(one.dataset.name, len(one.tags)) for one in found], [(f"d{at}", 2) for at in range(5)])


@datasets.step("the same input twice is one")
def _(w: World) -> None:
    run = w.run_id()
    one = [DatasetInput(Dataset("d", "abc", "local", "{}"), [InputTag("mlflow.data.context", "train")])]
    w.client.log_inputs(run, one)
    w.client.log_inputs(run, one)
    equal(len(w.client.get_run(run).inputs.dataset_inputs), 1)


@datasets.step("one dataset of two runs is each one's input")
def _(w: World) -> None:
    first, second = w.run_id(), w.run_id()
    for run in (first, second):
        w.client.log_inputs(run, [DatasetInput(Dataset("shared", "abc", "local", "{}"), [])])
    for run in (first, second):
        equal([one.dataset.name for one in w.client.get_run(run).inputs.dataset_inputs], ["shared"])


@datasets.step("they come with the runs of a search")
def _(w: World) -> None:
    run = w.run_id()
    w.client.log_inputs(run, [DatasetInput(Dataset("searched", "xyz", "local", "{}"), [])])
    found = w.client.search_runs([w.experiment], f"attributes.run_id = '{run}'")
    equal([one.dataset.digest for one in found[0].inputs.dataset_inputs], ["xyz"])


@datasets.step("an experiment's datasets are listed")
def _(w: World) -> None:
    made = w.client.create_experiment(w.name("listed"))
    run = w.client.create_run(made).info.run_id
    tag = [InputTag("mlflow.data.context", "train")]
    w.client.log_inputs(run, [DatasetInput(Dataset(name, "d1", "local", "{}"), tag) for name in ("a", "b")])
    reply = answers(w.wire.call("POST", LISTED, {"experiment_ids": [made]}), 200).json
    same([(one["name"], one["digest"], one["context"], one["experiment_id"]) for one in reply["dataset_summaries"]],
         [("a", "d1", "train", made), ("b", "d1", "train", made)])


@datasets.step("a model is a run's input too")
def _(w: World) -> None:
    run = w.run_id()
    model = w.client.create_logged_model(w.experiment, name="input")
    body = {"run_id": run, "models": [{"model_id": model.model_id}]}
    answers(w.wire.call("POST", "runs/log-inputs", body), 200)
    equal([one.model_id for one in w.client.get_run(run).inputs.model_inputs], [model.model_id])


@datasets.step("an input of a run that is not there is not found")
def _(w: World) -> None:
    inputs = [DatasetInput(Dataset("d", "abc", "local", "{}"), [])]
    refuses("RESOURCE_DOES_NOT_EXIST", lambda: w.client.log_inputs("0" * 32, inputs))
