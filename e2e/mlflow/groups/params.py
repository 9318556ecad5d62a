"""Params: once said, they stay."""

from __future__ import annotations

import mlflow

from check import answers, equal, refuses, true
from runner import Group
from world import World

params = Group("params")


@params.step("values are kept as text, whatever they were")
def _(w: World) -> None:
    run = w.run_id()
    for key, value in (("int", 1), ("float", 0.1), ("bool", True), ("none", None), ("list", [1, "a"]), ("text", "ünï\n数")):
        w.client.log_param(run, key, value)
    want = {"int": "1", "float": "0.1", "bool": "True", "none": "None", "list": "[1, 'a']", "text": "ünï\n数"}
    equal(w.client.get_run(run).data.params, want)


@params.step("an empty value is a value")
def _(w: World) -> None:
    run = w.run_id()
    w.client.log_param(run, "empty", "")
    equal(w.client.get_run(run).data.params, {"empty": ""})


@params.step("the same value again is fine")
def _(w: World) -> None:
    run = w.run_id()
    for _ in range(3):
        w.client.log_param(run, "lr", "0.1")
    equal(w.client.get_run(run).data.params, {"lr": "0.1"})


@params.step("another value is refused, and the first stays")
def _(w: World) -> None:
    run = w.run_id()
    w.client.log_param(run, "lr", "0.1")
    refuses("INVALID_PARAMETER_VALUE", lambda: w.client.log_param(run, "lr", "0.2"), "Changing param values is not allowed")
    equal(w.client.get_run(run).data.params, {"lr": "0.1"})


@params.step("another value by log-batch is refused, with nothing of the batch's params kept")
def _(w: World) -> None:
    run = w.run_id()
    w.client.log_param(run, "lr", "0.1")
    body = {"run_id": run, "params": [{"key": "fresh", "value": "1"}, {"key": "lr", "value": "0.2"}]}
    answers(w.wire.call("POST", "runs/log-batch", body), 400, "INVALID_PARAMETER_VALUE")
    equal(w.client.get_run(run).data.params, {"lr": "0.1"})


@params.step("one key twice in a batch: the same value is fine, two values are refused")
def _(w: World) -> None:
    run = w.run_id()
    two = [{"key": "k", "value": "1"}, {"key": "k", "value": "2"}]
    answers(w.wire.call("POST", "runs/log-batch", {"run_id": run, "params": two}), 400, "INVALID_PARAMETER_VALUE")
    equal(w.client.get_run(run).data.params, {})


@params.step("log_params sends many at once")
def _(w: World) -> None:
    want = {f"p{index:03}": str(index) for index in range(100)}
    with mlflow.start_run(experiment_id=w.experiment) as run:
        mlflow.log_params(want)
    equal(w.client.get_run(run.info.run_id).data.params, want)


@params.step("more than 100 are parted by the client and all kept")
def _(w: World) -> None:
    want = {f"p{index:03}": str(index) for index in range(230)}
    with mlflow.start_run(experiment_id=w.experiment) as run:
        mlflow.log_params(want)
    equal(w.client.get_run(run.info.run_id).data.params, want)


@params.step("6,000 characters fit; what is longer is cut there")
def _(w: World) -> None:
    run = w.run_id()
    w.client.log_param(run, "fits", "x" * 6_000)
    equal(w.client.get_run(run).data.params["fits"], "x" * 6_000)
    reply = w.wire.call("POST", "runs/log-parameter", {"run_id": run, "key": "long", "value": "y" * 6_001})
    answers(reply, 200)
    equal(w.client.get_run(run).data.params["long"], "y" * 6_000)


@params.step("a key has at most 250 characters")
def _(w: World) -> None:
    run = w.run_id()
    w.client.log_param(run, "k" * 250, "1")
    reply = w.wire.call("POST", "runs/log-parameter", {"run_id": run, "key": "k" * 251, "value": "1"})
    answers(reply, 400, "INVALID_PARAMETER_VALUE")
    equal(list(w.client.get_run(run).data.params), ["k" * 250])


for key in ("with space", "a/b", "a.b", "a-b_c", "a:b", "ünï"):

    def _key(w: World, key: str = key) -> None:
        run = w.run_id()
        w.client.log_param(run, key, "1")
        w.client.log_metric(run, key, 2)
        w.client.set_tag(run, key, "3")
        data = w.client.get_run(run).data
        equal((data.params, data.metrics, data.tags[key]), ({key: "1"}, {key: 2.0}, "3"))

    params.add(f"{key!r} is a key", _key)

for key in ("", "../a", "/a", "a//b", "a/../b", "a?b", "a\x00b", "."):

    def _no_key(w: World, key: str = key) -> None:
        run = w.run_id()
        for verb, value in (("log-parameter", "1"), ("log-metric", 1.0), ("set-tag", "1")):
            reply = w.wire.call("POST", f"runs/{verb}", {"run_id": run, "key": key, "value": value, "timestamp": 1})
            answers(reply, 400, "INVALID_PARAMETER_VALUE")
        data = w.client.get_run(run).data
        equal((data.params, data.metrics, key in data.tags), ({}, {}, False))

    params.add(f"{key!r} is no key", _no_key)


@params.step("mlflow.log_param answers with the value")
def _(w: World) -> None:
    with mlflow.start_run(experiment_id=w.experiment):
        equal(mlflow.log_param("depth", 7), 7)


@params.step("they come sorted or not, but each once")
def _(w: World) -> None:
    run = w.run_id()
    for key in ("b", "a", "c"):
        w.client.log_param(run, key, key)
    listed = answers(w.wire.call("GET", "runs/get", {"run_id": run}), 200).json["run"]["data"]["params"]
    equal(sorted(one["key"] for one in listed), ["a", "b", "c"])
    true(all(set(one) == {"key", "value"} for one in listed), f"fields: {listed}")
