"""Metrics: points of a history, and the latest of them."""

from __future__ import annotations

import math
import time

import mlflow
from mlflow.entities import Metric, Param, RunTag

from check import answers, equal, near, refuses, true
from runner import Group
from world import World

metrics = Group("metrics")
MAX_DOUBLE = 1.7976931348623157e308


def points_of(w: World, run: str, key: str) -> list[tuple[int, int, float]]:
    """Timestamp, step and value of every point, as get_metric_history has them."""
    return [(one.timestamp, one.step, one.value) for one in w.client.get_metric_history(run, key)]


@metrics.step("a value is kept to the last bit")
def _(w: World) -> None:
    run = w.run_id()
    values = [0.1, 1 / 3, 1e-300, -2.5e200, 5e-324, MAX_DOUBLE, 0.0, 123456789.123456789]
    for step, value in enumerate(values):
        w.client.log_metric(run, "v", value, timestamp=1_000 + step, step=step)
    equal([value for _, _, value in points_of(w, run, "v")], values)


@metrics.step("a point has the time and step it was sent with")
def _(w: World) -> None:
    run = w.run_id()
    w.client.log_metric(run, "m", 1.5, timestamp=1_700_000_000_123, step=42)
    equal(points_of(w, run, "m"), [(1_700_000_000_123, 42, 1.5)])


@metrics.step("without them the step is 0 and the time now")
def _(w: World) -> None:
    run = w.run_id()
    before = int(time.time() * 1_000)
    w.client.log_metric(run, "m", 1)
    [(timestamp, step, _value)] = points_of(w, run, "m")
    equal(step, 0)
    true(before - 5 <= timestamp <= time.time() * 1_000 + 5, f"timestamp {timestamp}")


@metrics.step("a negative step is a step")
def _(w: World) -> None:
    run = w.run_id()
    w.client.log_metric(run, "m", 1, step=-3, timestamp=10)
    w.client.log_metric(run, "m", 2, step=-7, timestamp=11)
    equal(points_of(w, run, "m"), [(10, -3, 1.0), (11, -7, 2.0)])
    equal(w.client.get_run(run).data.metrics, {"m": 1.0})


@metrics.step("NaN stays NaN")
def _(w: World) -> None:
    run = w.run_id()
    w.client.log_metric(run, "m", math.nan, timestamp=5, step=1)
    true(math.isnan(w.client.get_run(run).data.metrics["m"]), "the latest is no NaN")
    true(math.isnan(points_of(w, run, "m")[0][2]), "the point is no NaN")
    listed = answers(w.wire.call("GET", "runs/get", {"run_id": run}), 200).json["run"]["data"]["metrics"]
    equal(listed[0]["value"], "NaN")


@metrics.step("infinities become the greatest numbers")
def _(w: World) -> None:
    run = w.run_id()
    w.client.log_metric(run, "up", math.inf)
    w.client.log_metric(run, "down", -math.inf)
    equal(w.client.get_run(run).data.metrics, {"up": MAX_DOUBLE, "down": -MAX_DOUBLE})


for text, want in (("NaN", "NaN"), ("Infinity", MAX_DOUBLE), ("-Infinity", -MAX_DOUBLE)):

    def _special(w: World, text: str = text, want: object = want) -> None:
        run = w.run_id()
        body = {"run_id": run, "key": "m", "value": text, "timestamp": 1}
        answers(w.wire.call("POST", "runs/log-metric", body), 200)
        listed = answers(w.wire.call("GET", "runs/get", {"run_id": run}), 200).json["run"]["data"]["metrics"]
        equal(listed[0]["value"], want)

    metrics.add(f'"{text}" is a value on the wire', _special)


@metrics.step("the latest is that of the greatest step, even when it came earlier")
def _(w: World) -> None:
    run = w.run_id()
    w.client.log_metric(run, "loss", 2, timestamp=100, step=2)
    w.client.log_metric(run, "loss", 1, timestamp=900, step=1)
    equal(w.client.get_run(run).data.metrics, {"loss": 2.0})


@metrics.step("of one step the later time is the latest")
def _(w: World) -> None:
    run = w.run_id()
    w.client.log_metric(run, "loss", 1, timestamp=200, step=1)
    w.client.log_metric(run, "loss", 2, timestamp=100, step=1)
    equal(w.client.get_run(run).data.metrics, {"loss": 1.0})


@metrics.step("of one step and time the greatest value is the latest, and all are kept")
def _(w: World) -> None:
    run = w.run_id()
    for value in (2.0, 3.0, 1.0):
        w.client.log_metric(run, "loss", value, timestamp=100, step=1)
    equal(w.client.get_run(run).data.metrics, {"loss": 3.0})
    equal([value for _, _, value in points_of(w, run, "loss")], [1.0, 2.0, 3.0])


@metrics.step("the same rule holds within one batch")
def _(w: World) -> None:
    run = w.run_id()
    points = [Metric("m", value, at, step) for value, at, step in ((1, 9, 1), (2, 5, 3), (3, 7, 3), (4, 8, 2))]
    w.client.log_batch(run, metrics=points)
    equal(w.client.get_run(run).data.metrics, {"m": 3.0})


@metrics.step("the wire's latest has time and step")
def _(w: World) -> None:
    run = w.run_id()
    w.client.log_metric(run, "m", 0.25, timestamp=77, step=9)
    listed = answers(w.wire.call("GET", "runs/get", {"run_id": run}), 200).json["run"]["data"]["metrics"]
    equal([{key: one[key] for key in ("key", "value", "timestamp", "step")} for one in listed],
          [{"key": "m", "value": 0.25, "timestamp": 77, "step": 9}])


@metrics.step("a history comes by time, step, value")
def _(w: World) -> None:
    run = w.run_id()
    sent = [(30, 1, 1.0), (10, 3, 1.0), (20, 2, 5.0), (20, 2, 4.0), (20, 1, 9.0)]
    for at, step, value in sent:
        w.client.log_metric(run, "m", value, timestamp=at, step=step)
    equal(points_of(w, run, "m"), sorted(sent))


@metrics.step("the history of a key that was never logged is empty")
def _(w: World) -> None:
    equal(points_of(w, w.run_id(), "never"), [])


@metrics.step("the history of a run that is not there is not found, or empty")
def _(w: World) -> None:
    reply = w.wire.call("GET", "metrics/get-history", {"run_id": "0" * 32, "metric_key": "m"})
    true(reply.status in (200, 404), f"status {reply.status}")
    true(not reply.json.get("metrics"), reply.text)


@metrics.step("a history of 25,100 points is read whole, through pages")
def _(w: World) -> None:
    run = w.run_id()
    total = 25_100
    for start in range(0, total, 1_000):
        points = [Metric("long", float(at), at, at) for at in range(start, min(start + 1_000, total))]
        w.client.log_batch(run, metrics=points)
    got = points_of(w, run, "long")
    equal(len(got), total)
    equal(got[:2] + got[-2:], [(at, at, float(at)) for at in (0, 1, total - 2, total - 1)])
    true(all(later[0] == earlier[0] + 1 for earlier, later in zip(got, got[1:])), "a gap, or a point twice")


@metrics.step("a page of a history is as long as it is asked for")
def _(w: World) -> None:
    run = w.run_id()
    w.client.log_batch(run, metrics=[Metric("m", at, at, at) for at in range(25)])
    seen: list[int] = []
    query: dict[str, object] = {"run_id": run, "metric_key": "m", "max_results": 10}
    sizes = []
    while True:
        page = answers(w.wire.call("GET", "metrics/get-history", query), 200).json
        listed = page.get("metrics", [])
        sizes.append(len(listed))
        seen += [one["step"] for one in listed]
        token = page.get("next_page_token")
        if not token:
            break
        query["page_token"] = token
    equal((seen, sizes[:2]), (list(range(25)), [10, 10]))


@metrics.step("log_batch takes 1,000 metrics, not 1,001")
def _(w: World) -> None:
    run = w.run_id()
    points = [{"key": f"k{at}", "value": at, "timestamp": at, "step": at} for at in range(1_001)]
    answers(w.wire.call("POST", "runs/log-batch", {"run_id": run, "metrics": points}), 400, "INVALID_PARAMETER_VALUE")
    equal(w.client.get_run(run).data.metrics, {})
    answers(w.wire.call("POST", "runs/log-batch", {"run_id": run, "metrics": points[:1_000]}), 200)
    equal(len(w.client.get_run(run).data.metrics), 1_000)


for what, count in (("params", 101), ("tags", 101)):

    def _limit(w: World, what: str = what, count: int = count) -> None:
        run = w.run_id()
        many = [{"key": f"k{at}", "value": "v"} for at in range(count)]
        answers(w.wire.call("POST", "runs/log-batch", {"run_id": run, what: many}), 400, "INVALID_PARAMETER_VALUE")
        answers(w.wire.call("POST", "runs/log-batch", {"run_id": run, what: many[:100]}), 200)

    metrics.add(f"log_batch takes 100 {what}, not 101", _limit)


@metrics.step("log_batch takes 1,000 things in all")
def _(w: World) -> None:
    run = w.run_id()
    points = [{"key": "m", "value": at, "timestamp": at, "step": at} for at in range(1_000)]
    body = {"run_id": run, "metrics": points, "tags": [{"key": "t", "value": "v"}]}
    answers(w.wire.call("POST", "runs/log-batch", body), 400, "INVALID_PARAMETER_VALUE")


@metrics.step("log_batch keeps metrics, params and tags of one call")
def _(w: World) -> None:
    run = w.run_id()
    w.client.log_batch(run, [Metric("m", 1, 1, 1)], [Param("p", "2")], [RunTag("t", "3")])
    data = w.client.get_run(run).data
    equal((data.metrics, data.params, data.tags["t"]), ({"m": 1.0}, {"p": "2"}, "3"))


@metrics.step("an empty batch is fine")
def _(w: World) -> None:
    answers(w.wire.call("POST", "runs/log-batch", {"run_id": w.run_id()}), 200)


@metrics.step("a batch with one key that is none keeps nothing of it")
def _(w: World) -> None:
    run = w.run_id()
    good, bad = ({"key": key, "value": 1, "timestamp": 1, "step": 1} for key in ("good", "../bad"))
    body = {"run_id": run, "metrics": [good, bad], "tags": [{"key": "t", "value": "v"}]}
    answers(w.wire.call("POST", "runs/log-batch", body), 400, "INVALID_PARAMETER_VALUE")
    data = w.client.get_run(run).data
    equal((data.metrics, "t" in data.tags), ({}, False))


@metrics.step("a value that is no number, and a step that is none, are refused")
def _(w: World) -> None:
    run = w.run_id()
    base = {"run_id": run, "key": "m", "value": 1, "timestamp": 1, "step": 1}
    for wrong in ({"value": "x"}, {"value": None}, {"step": "x"}, {"timestamp": "x"}):
        answers(w.wire.call("POST", "runs/log-metric", {**base, **wrong}), 400)
    equal(w.client.get_run(run).data.metrics, {})


@metrics.step("numbers as texts are numbers on the wire")
def _(w: World) -> None:
    run = w.run_id()
    body = {"run_id": run, "key": "m", "value": 0.5, "timestamp": "1700000000000", "step": "12"}
    answers(w.wire.call("POST", "runs/log-metric", body), 200)
    equal(points_of(w, run, "m"), [(1_700_000_000_000, 12, 0.5)])


@metrics.step("log_metrics of the fluent API goes to one step")
def _(w: World) -> None:
    with mlflow.start_run(experiment_id=w.experiment) as run:
        mlflow.log_metrics({"a": 1, "b": 2.5}, step=4)
    points = {key: points_of(w, run.info.run_id, key)[0][1:] for key in ("a", "b")}
    equal(points, {"a": (4, 1.0), "b": (4, 2.5)})


@metrics.step("asynchronous logging keeps every point, param and tag")
def _(w: World) -> None:
    with mlflow.start_run(experiment_id=w.experiment) as run:
        for step in range(200):
            mlflow.log_metric("async", step / 2, step=step, synchronous=False)
        mlflow.log_params({"p": 1, "q": 2}, synchronous=False)
        mlflow.set_tags({"t": 1}, synchronous=False)
        mlflow.flush_async_logging()
        data = w.client.get_run(run.info.run_id).data
        equal((data.params, data.tags["t"]), ({"p": "1", "q": "2"}, "1"))
        got = [(step, value) for _, step, value in points_of(w, run.info.run_id, "async")]
        equal(sorted(got), [(step, step / 2) for step in range(200)])


@metrics.step("a metric of a logged model is the model's and the run's")
def _(w: World) -> None:
    run = w.run_id()
    model = w.client.create_logged_model(w.experiment, name="linked", source_run_id=run)
    w.client.log_metric(run, "acc", 0.75, step=2, timestamp=50, model_id=model.model_id)
    equal(w.client.get_run(run).data.metrics, {"acc": 0.75})
    [metric] = w.client.get_logged_model(model.model_id).metrics
    equal((metric.key, metric.value, metric.step, metric.run_id), ("acc", 0.75, 2, run))


@metrics.step("a metric of a dataset says which")
def _(w: World) -> None:
    run = w.run_id()
    model = w.client.create_logged_model(w.experiment, name="on-data", source_run_id=run)
    w.client.log_metric(run, "acc", 0.5, dataset_name="train", dataset_digest="abc", model_id=model.model_id)
    [metric] = w.client.get_logged_model(model.model_id).metrics
    equal((metric.dataset_name, metric.dataset_digest), ("train", "abc"))


@metrics.step("histories of several runs come in one answer")
def _(w: World) -> None:
    ids = [w.run_id() for _ in range(3)]
    for index, run in enumerate(ids):
        w.client.log_batch(run, metrics=[Metric("m", index * 10 + at, at, at) for at in range(3)])
    query = {"run_id": ids, "metric_key": "m"}
    reply = answers(w.wire.call("GET", "/ajax-api/2.0/mlflow/metrics/get-history-bulk", query), 200).json
    got = sorted((ids.index(one["run_id"]), one["step"], one["value"]) for one in reply["metrics"])
    equal(got, [(index, at, index * 10.0 + at) for index in range(3) for at in range(3)])


@metrics.step("a long history is thinned to the points that were asked for, its ends among them")
def _(w: World) -> None:
    run = w.run_id()
    for start in range(0, 3_000, 1_000):
        w.client.log_batch(run, metrics=[Metric("m", at, at, at) for at in range(start, start + 1_000)])
    query = {"run_ids": [run], "metric_key": "m", "max_results": 100}
    reply = answers(w.wire.call("GET", "/ajax-api/2.0/mlflow/metrics/get-history-bulk-interval", query), 200).json
    steps = [one["step"] for one in reply["metrics"]]
    # Fewer where the ends and extremes of a stretch are the same points.
    true(40 <= len(steps) <= 110, f"{len(steps)} points")
    equal((steps[0], steps[-1], steps), (0, 2_999, sorted(set(steps))))


@metrics.step("the interval of steps is kept to")
def _(w: World) -> None:
    run = w.run_id()
    w.client.log_batch(run, metrics=[Metric("m", at, at, at) for at in range(100)])
    query = {"run_ids": [run], "metric_key": "m", "start_step": 10, "end_step": 20, "max_results": 50}
    reply = answers(w.wire.call("GET", "/ajax-api/2.0/mlflow/metrics/get-history-bulk-interval", query), 200).json
    equal([one["step"] for one in reply["metrics"]], list(range(10, 21)))


@metrics.step("a metric needs its run, key and value")
def _(w: World) -> None:
    full = {"run_id": w.run_id(), "key": "m", "value": 1.0, "timestamp": 1}
    for missing in ("run_id", "key", "value", "timestamp"):
        body = {key: value for key, value in full.items() if key != missing}
        answers(w.wire.call("POST", "runs/log-metric", body), 400, "INVALID_PARAMETER_VALUE")


@metrics.step("100 keys of one run are all there, each with its own history")
def _(w: World) -> None:
    run = w.run_id()
    w.client.log_batch(run, metrics=[Metric(f"k{at % 100}", at, at, at) for at in range(1_000)])
    got = w.client.get_run(run).data.metrics
    equal(len(got), 100)
    near(got["k7"], 907)
    equal([step for _, step, _ in points_of(w, run, "k7")], list(range(7, 1_000, 100)))


@metrics.step("a metric to a run that is not there is not found")
def _(w: World) -> None:
    refuses("RESOURCE_DOES_NOT_EXIST", lambda: w.client.log_metric("0" * 32, "m", 1))
