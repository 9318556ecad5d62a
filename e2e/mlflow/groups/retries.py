"""What a client sends twice, because it did not hear the answer, and what many send at once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from mlflow.entities import Metric

from check import answers, equal, same, true
from runner import Group
from wire import Reply
from world import World

from .registry import version_of

retries = Group("retries")
together = Group("at once")
#: What the reference answers with 400 to some of them: it takes deadlocks and races for the client's faults.
strict_together = Group("extensions · at once", is_extension=True)


@retries.step("the same batch twice changes nothing")
def _(w: World) -> None:
    run = w.run_id()
    body = {
        "run_id": run,
        "metrics": [{"key": f"m{at % 10}", "value": at / 3, "timestamp": at, "step": at} for at in range(500)],
        "params": [{"key": f"p{at}", "value": str(at)} for at in range(50)],
        "tags": [{"key": f"t{at}", "value": str(at)} for at in range(50)],
    }
    answers(w.wire.call("POST", "runs/log-batch", body), 200)
    before = w.client.get_run(run).data.to_dictionary()
    history = [(one.timestamp, one.step, one.value) for one in w.client.get_metric_history(run, "m3")]
    for _ in range(3):
        answers(w.wire.call("POST", "runs/log-batch", body), 200)
    equal(w.client.get_run(run).data.to_dictionary(), before)
    again = [(one.timestamp, one.step, one.value) for one in w.client.get_metric_history(run, "m3")]
    equal((again, len(again)), (history, 50))


@retries.step("a batch that overlaps another adds what is new")
def _(w: World) -> None:
    run = w.run_id()
    w.client.log_batch(run, metrics=[Metric("m", at, at, at) for at in range(10)])
    w.client.log_batch(run, metrics=[Metric("m", at, at, at) for at in range(5, 15)])
    equal([one.step for one in w.client.get_metric_history(run, "m")], list(range(15)))


@retries.step("the same point twice in one batch is one point")
def _(w: World) -> None:
    run = w.run_id()
    w.client.log_batch(run, metrics=[Metric("m", 1, 1, 1)] * 5)
    equal(len(w.client.get_metric_history(run, "m")), 1)


@retries.step("the same log-metric twice is one point, NaN as well")
def _(w: World) -> None:
    run = w.run_id()
    for value in (0.5, "NaN"):
        body = {"run_id": run, "key": f"m{value}", "value": value, "timestamp": 1, "step": 1}
        for _ in range(3):
            answers(w.wire.call("POST", "runs/log-metric", body), 200)
        equal(len(w.client.get_metric_history(run, f"m{value}")), 1)


@retries.step("the same update, tag and input twice")
def _(w: World) -> None:
    run = w.run_id()
    calls: list[tuple[str, dict[str, object]]] = [
        ("runs/update", {"run_id": run, "status": "FINISHED", "end_time": 5}),
        ("runs/set-tag", {"run_id": run, "key": "a", "value": "b"}),
        ("runs/log-inputs", {"run_id": run, "datasets": [
            {"dataset": {"name": "d", "digest": "1", "source_type": "local", "source": "{}"}, "tags": []}]}),
    ]
    for path, body in calls:
        for _ in range(2):
            answers(w.wire.call("POST", path, body), 200)
    after = w.client.get_run(run)
    equal((after.info.status, after.info.end_time, after.data.tags["a"]), ("FINISHED", 5, "b"))
    equal(len(after.inputs.dataset_inputs), 1)


@retries.step("restoring a run twice, and an artifact twice")
def _(w: World) -> None:
    run = w.run_id()
    path = f"/api/2.0/mlflow-artifacts/artifacts/{w.experiment}/{run}/artifacts/a.bin"
    for _ in range(2):
        answers(w.wire.send("PUT", path, b"content"), 200)
    equal([(one.path, one.file_size) for one in w.client.list_artifacts(run)], [("a.bin", 7)])


@retries.step("an alias set twice")
def _(w: World) -> None:
    name = w.name("alias-twice")
    w.client.create_registered_model(name)
    version_of(w, name)
    for _ in range(2):
        w.client.set_registered_model_alias(name, "best", "1")
    equal(w.client.get_registered_model(name).aliases, {"best": "1"})


def at_once(count: int, work: Callable[[int], Reply]) -> list[Reply]:
    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(work, range(count)))


def statuses(replies: list[Reply]) -> dict[int, int]:
    found: dict[int, int] = {}
    for reply in replies:
        found[reply.status] = found.get(reply.status, 0) + 1
    return found


@together.step("64 clients log one key of one run: none fails, none is lost")
def _(w: World) -> None:
    run = w.run_id()

    def work(at: int) -> Reply:
        body = {"run_id": run, "key": "m", "value": at, "timestamp": at, "step": at}
        return w.wire.call("POST", "runs/log-metric", body)

    equal(statuses(at_once(64, work)), {200: 64})
    same([one.step for one in w.client.get_metric_history(run, "m")], range(64))
    equal(w.client.get_run(run).data.metrics, {"m": 63.0})


@strict_together.step("64 clients send batches of the same keys, in other orders: no deadlock, none lost")
def _(w: World) -> None:
    run = w.run_id()

    def work(at: int) -> Reply:
        keys = list(range(20)) if at % 2 else list(range(19, -1, -1))
        points = [{"key": f"k{key}", "value": at, "timestamp": at, "step": at} for key in keys]
        return w.wire.call("POST", "runs/log-batch", {"run_id": run, "metrics": points})

    equal(statuses(at_once(64, work)), {200: 64})
    equal(w.client.get_run(run).data.metrics, {f"k{key}": 63.0 for key in range(20)})
    equal(len(w.client.get_metric_history(run, "k7")), 64)


@strict_together.step("32 clients send the very same batch: it is there once")
def _(w: World) -> None:
    run = w.run_id()
    body = {
        "run_id": run,
        "metrics": [{"key": "m", "value": at, "timestamp": at, "step": at} for at in range(100)],
        "params": [{"key": "p", "value": "1"}],
        "tags": [{"key": "t", "value": "1"}],
    }
    replies = at_once(32, lambda at: w.wire.call("POST", "runs/log-batch", body))
    equal(statuses(replies), {200: 32})
    equal(len(w.client.get_metric_history(run, "m")), 100)
    equal(w.client.get_run(run).data.params, {"p": "1"})


@together.step("32 clients say 32 values of one param: one holds, and only it was taken")
def _(w: World) -> None:
    run = w.run_id()
    replies = at_once(32, lambda at: w.wire.call("POST", "runs/log-parameter", {"run_id": run, "key": "p", "value": str(at)}))
    held = w.client.get_run(run).data.params["p"]
    taken = [str(at) for at, reply in enumerate(replies) if reply.status == 200]
    true(held in taken, f"{held} holds, {taken} were taken")
    true(all(reply.status in (200, 400) for reply in replies), f"statuses {statuses(replies)}")


@together.step("16 clients make an experiment of one name: one does")
def _(w: World) -> None:
    name = w.name("raced")
    replies = at_once(16, lambda at: w.wire.call("POST", "experiments/create", {"name": name}))
    equal(statuses(replies), {200: 1, 400: 15})


@together.step("16 clients make versions of one model: each has a number of its own")
def _(w: World) -> None:
    name = w.name("versions")
    w.client.create_registered_model(name)
    first = version_of(w, name)
    body = {"name": name, "source": first.source, "run_id": first.run_id}
    replies = at_once(16, lambda at: w.wire.call("POST", "model-versions/create", body))
    made = [reply.json["model_version"]["version"] for reply in replies if reply.status == 200]
    equal(len(set(made)), len(made), "a number twice")
    same([one.version for one in w.client.search_model_versions(f"name = '{name}'")], [first.version, *made])


@strict_together.step("32 clients write one tag: the last is one of theirs")
def _(w: World) -> None:
    run = w.run_id()
    replies = at_once(32, lambda at: w.wire.call("POST", "runs/set-tag", {"run_id": run, "key": "t", "value": str(at)}))
    equal(statuses(replies), {200: 32})
    true(w.client.get_run(run).data.tags["t"] in {str(at) for at in range(32)}, "another value")


@together.step("32 clients put one file: it is whole, and one of theirs")
def _(w: World) -> None:
    run = w.run_id()
    path = f"/api/2.0/mlflow-artifacts/artifacts/{w.experiment}/{run}/artifacts/one.bin"
    contents = [bytes([at]) * 100_000 for at in range(32)]
    replies = at_once(32, lambda at: w.wire.send("PUT", path, contents[at]))
    equal(statuses(replies), {200: 32})
    true(answers(w.wire.call("GET", path), 200).body in contents, "parts of two")
