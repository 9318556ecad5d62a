"""Tags: they change."""

from __future__ import annotations

import mlflow

from check import answers, equal, refuses
from runner import Group
from world import World

tags = Group("tags")


@tags.step("a tag is set, replaced and deleted")
def _(w: World) -> None:
    run = w.run_id()
    w.client.set_tag(run, "stage", "one")
    equal(w.client.get_run(run).data.tags["stage"], "one")
    w.client.set_tag(run, "stage", "two")
    equal(w.client.get_run(run).data.tags["stage"], "two")
    w.client.delete_tag(run, "stage")
    equal("stage" in w.client.get_run(run).data.tags, False)


@tags.step("deleting one that is not there is not found")
def _(w: World) -> None:
    run = w.run_id()
    refuses("RESOURCE_DOES_NOT_EXIST", lambda: w.client.delete_tag(run, "none"), "none")


@tags.step("values are kept as text; an empty one too")
def _(w: World) -> None:
    run = w.run_id()
    w.client.set_tag(run, "number", 1.5)
    w.client.set_tag(run, "empty", "")
    w.client.set_tag(run, "script", "数\t\"quoted\" 'single' \\ end")
    got = w.client.get_run(run).data.tags
    equal((got["number"], got["empty"], got["script"]), ("1.5", "", "数\t\"quoted\" 'single' \\ end"))


@tags.step("set_tags sends many at once, the later of one key wins")
def _(w: World) -> None:
    with mlflow.start_run(experiment_id=w.experiment) as run:
        mlflow.set_tags({f"t{index}": index for index in range(50)})
        mlflow.set_tags({"t0": "changed"})
    got = w.client.get_run(run.info.run_id).data.tags
    equal((got["t0"], got["t49"]), ("changed", "49"))


@tags.step("one key twice in a batch: the last wins")
def _(w: World) -> None:
    run = w.run_id()
    two = [{"key": "k", "value": "1"}, {"key": "k", "value": "2"}]
    answers(w.wire.call("POST", "runs/log-batch", {"run_id": run, "tags": two}), 200)
    equal(w.client.get_run(run).data.tags["k"], "2")


@tags.step("8,000 characters fit; what is longer is cut there")
def _(w: World) -> None:
    run = w.run_id()
    w.client.set_tag(run, "fits", "x" * 8_000)
    equal(w.client.get_run(run).data.tags["fits"], "x" * 8_000)
    answers(w.wire.call("POST", "runs/set-tag", {"run_id": run, "key": "long", "value": "y" * 8_001}), 200)
    equal(w.client.get_run(run).data.tags["long"], "y" * 8_000)


@tags.step("a key with dots and slashes is deleted as it was set")
def _(w: World) -> None:
    run = w.run_id()
    for key in ("mlflow.note.content", "a/b c", "ünï"):
        w.client.set_tag(run, key, "1")
        w.client.delete_tag(run, key)
        equal(key in w.client.get_run(run).data.tags, False, key)


@tags.step("tags at the creation are there at once")
def _(w: World) -> None:
    run = w.run(tags={"a": "1", "b": "2"})
    got = w.client.get_run(run.info.run_id).data.tags
    equal((got["a"], got["b"]), ("1", "2"))
