"""Experiments: made, found, renamed, tagged, deleted, restored."""

from __future__ import annotations

import mlflow
from mlflow.entities import ViewType

from check import answers, equal, includes, refuses, true
from runner import Group
from world import World

experiments = Group("experiments")


@experiments.step("one that is created is got by its id")
def _(w: World) -> None:
    name = w.name("exp")
    made = w.client.create_experiment(name, tags={"team": "vision"})
    true(isinstance(made, str) and made, f"the id is {made!r}")
    got = w.client.get_experiment(made)
    equal((got.name, got.lifecycle_stage, got.tags), (name, "active", {"team": "vision"}))
    true(got.creation_time and got.last_update_time >= got.creation_time, "times are set")


@experiments.step("its artifacts lie where the server says")
def _(w: World) -> None:
    got = w.client.get_experiment(w.experiment)
    equal(got.artifact_location, f"mlflow-artifacts:/{w.experiment}")


@experiments.step("it is found by its name, and another name by nothing")
def _(w: World) -> None:
    name = w.name("exp")
    made = w.client.create_experiment(name)
    equal(w.client.get_experiment_by_name(name).experiment_id, made)
    equal(w.client.get_experiment_by_name(name + "-not"), None)


@experiments.step("a name may hold spaces, slashes and other scripts")
def _(w: World) -> None:
    name = w.name("Ünï / 数字 & 'quotes' \"double\"")
    made = w.client.create_experiment(name)
    equal(w.client.get_experiment_by_name(name).experiment_id, made)


@experiments.step("set_experiment makes one, and then finds it")
def _(w: World) -> None:
    name = w.name("set")
    first = mlflow.set_experiment(name)
    second = mlflow.set_experiment(name)
    equal(first.experiment_id, second.experiment_id)
    equal(first.name, name)


@experiments.step("set_experiment of a deleted one is refused")
def _(w: World) -> None:
    name = w.name("gone")
    w.client.delete_experiment(w.client.create_experiment(name))
    refuses("INVALID_PARAMETER_VALUE", lambda: mlflow.set_experiment(name), "deleted")


@experiments.step("a second of the same name is refused")
def _(w: World) -> None:
    name = w.name("twice")
    w.client.create_experiment(name)
    refuses("RESOURCE_ALREADY_EXISTS", lambda: w.client.create_experiment(name), "already exists")


@experiments.step("a deleted one still holds its name")
def _(w: World) -> None:
    name = w.name("held")
    w.client.delete_experiment(w.client.create_experiment(name))
    refuses("RESOURCE_ALREADY_EXISTS", lambda: w.client.create_experiment(name))


@experiments.step("an empty name is refused")
def _(w: World) -> None:
    answers(w.wire.call("POST", "experiments/create", {"name": ""}), 400, "INVALID_PARAMETER_VALUE")
    answers(w.wire.call("POST", "experiments/create", {}), 400, "INVALID_PARAMETER_VALUE")


@experiments.step("a name of 256 characters fits, one of 501 does not")
def _(w: World) -> None:
    tag = w.name()
    w.client.create_experiment(tag.ljust(256, "x"))
    reply = w.wire.call("POST", "experiments/create", {"name": tag.ljust(501, "x")})
    answers(reply, 400, "INVALID_PARAMETER_VALUE")


@experiments.step("renaming changes the name and the time of the last change")
def _(w: World) -> None:
    before = w.client.get_experiment(w.client.create_experiment(w.name("old")))
    name = w.name("new")
    w.client.rename_experiment(before.experiment_id, name)
    after = w.client.get_experiment(before.experiment_id)
    equal(after.name, name)
    true(after.last_update_time >= before.last_update_time, "the time went back")


@experiments.step("renaming to a name that is taken is refused")
def _(w: World) -> None:
    taken = w.name("taken")
    w.client.create_experiment(taken)
    name = w.name("other")
    other = w.client.create_experiment(name)
    # The reference lets the database's own error through, as BAD_REQUEST.
    equal(w.wire.call("POST", "experiments/update", {"experiment_id": other, "new_name": taken}).status, 400)
    equal(w.client.get_experiment(other).name, name)


@experiments.step("one that is not there is not found")
def _(w: World) -> None:
    refuses("RESOURCE_DOES_NOT_EXIST", lambda: w.client.get_experiment("999999999"), "999999999")
    missing = w.wire.call("GET", "experiments/get-by-name", {"experiment_name": w.name("none")})
    answers(missing, 404, "RESOURCE_DOES_NOT_EXIST")


@experiments.step("deleting hides it, with its runs; restoring brings both back")
def _(w: World) -> None:
    made = w.client.create_experiment(w.name("life"))
    run = w.client.create_run(made).info.run_id
    w.client.delete_experiment(made)
    equal(w.client.get_experiment(made).lifecycle_stage, "deleted")
    equal(w.client.get_run(run).info.lifecycle_stage, "deleted")
    equal([one.info.run_id for one in w.client.search_runs([made])], [])
    w.client.restore_experiment(made)
    equal(w.client.get_experiment(made).lifecycle_stage, "active")
    equal([one.info.run_id for one in w.client.search_runs([made])], [run])


@experiments.step("deleting what is not there, and deleting twice, are not found")
def _(w: World) -> None:
    refuses("RESOURCE_DOES_NOT_EXIST", lambda: w.client.delete_experiment("999999999"))
    made = w.client.create_experiment(w.name("twice-gone"))
    w.client.delete_experiment(made)
    refuses("RESOURCE_DOES_NOT_EXIST", lambda: w.client.delete_experiment(made))


@experiments.step("restoring one that is active is refused")
def _(w: World) -> None:
    made = w.client.create_experiment(w.name("active"))
    refuses("RESOURCE_DOES_NOT_EXIST", lambda: w.client.restore_experiment(made))


@experiments.step("a deleted one takes no runs")
def _(w: World) -> None:
    made = w.client.create_experiment(w.name("closed"))
    w.client.delete_experiment(made)
    refuses("INVALID_PARAMETER_VALUE", lambda: w.client.create_run(made), "active")


@experiments.step("tags are set, replaced and deleted")
def _(w: World) -> None:
    made = w.client.create_experiment(w.name("tagged"))
    w.client.set_experiment_tag(made, "phase", "one")
    w.client.set_experiment_tag(made, "phase", "two")
    w.client.set_experiment_tag(made, "mlflow.note.content", "# Hello\n* ünï")
    equal(w.client.get_experiment(made).tags, {"phase": "two", "mlflow.note.content": "# Hello\n* ünï"})
    w.client.delete_experiment_tag(made, "phase")
    equal(w.client.get_experiment(made).tags, {"mlflow.note.content": "# Hello\n* ünï"})


@experiments.step("deleting a tag that is not there is not found")
def _(w: World) -> None:
    refuses("RESOURCE_DOES_NOT_EXIST", lambda: w.client.delete_experiment_tag(w.experiment, "none"))


@experiments.step("views: active, deleted, both")
def _(w: World) -> None:
    prefix = w.name("view")
    stays, goes = (w.client.create_experiment(f"{prefix}-{end}") for end in ("stays", "goes"))
    w.client.delete_experiment(goes)
    for view, want in (
        (ViewType.ACTIVE_ONLY, [stays]),
        (ViewType.DELETED_ONLY, [goes]),
        (ViewType.ALL, [stays, goes]),
    ):
        found = w.client.search_experiments(view, filter_string=f"name LIKE '{prefix}-%'", order_by=["name DESC"])
        equal([one.experiment_id for one in found], want, str(view))


@experiments.step("there is one called Default to begin with")
def _(w: World) -> None:
    equal(w.client.get_experiment("0").name, "Default")


@experiments.step("a location of artifacts outside of the server's own is refused or kept harmless")
def _(w: World) -> None:
    reply = w.wire.call("POST", "experiments/create", {"name": w.name("loc"), "artifact_location": "http://h/a?b#../c"})
    answers(reply, 400, "INVALID_PARAMETER_VALUE")


@experiments.step("the message about a name that is taken names it")
def _(w: World) -> None:
    name = w.name("named")
    w.client.create_experiment(name)
    includes(str(refuses("RESOURCE_ALREADY_EXISTS", lambda: w.client.create_experiment(name))), name)
