"""Runs: made, nested, renamed, ended, deleted, restored."""

from __future__ import annotations

import time

import mlflow
from mlflow.entities import RunStatus, ViewType

from check import answers, equal, refuses, same, true
from runner import Group
from world import World

runs = Group("runs")


@runs.step("a run begins RUNNING, with its ids, times and place of artifacts")
def _(w: World) -> None:
    before = int(time.time() * 1_000) - 5_000
    run = w.run()
    info = run.info
    equal((info.experiment_id, info.status, info.lifecycle_stage), (w.experiment, "RUNNING", "active"))
    equal(info.artifact_uri, f"mlflow-artifacts:/{w.experiment}/{info.run_id}/artifacts")
    true(before < info.start_time < before + 60_000, f"start_time {info.start_time}")
    equal(info.end_time, None)
    equal(w.client.get_run(info.run_id).info.start_time, info.start_time)


@runs.step("the wire says run_id and run_uuid, numbers as numbers")
def _(w: World) -> None:
    run = w.run_id()
    info = answers(w.wire.call("GET", "runs/get", {"run_id": run}), 200).json["run"]["info"]
    equal((info["run_id"], info["run_uuid"]), (run, run))
    true(isinstance(info["start_time"], int), f"start_time is {info['start_time']!r}")
    true(isinstance(info["experiment_id"], str), f"experiment_id is {info['experiment_id']!r}")


@runs.step("a run without a name gets one, in its tag as well")
def _(w: World) -> None:
    run = w.run()
    true(run.info.run_name, "no name")
    equal(run.data.tags["mlflow.runName"], run.info.run_name)


@runs.step("start_run leaves FINISHED behind it, with user and source as tags")
def _(w: World) -> None:
    with mlflow.start_run(experiment_id=w.experiment, run_name="named") as run:
        equal(w.client.get_run(run.info.run_id).info.status, "RUNNING")
    after = w.client.get_run(run.info.run_id)
    equal((after.info.status, after.info.run_name), ("FINISHED", "named"))
    true(after.info.end_time >= after.info.start_time, "ended before it began")
    true({"mlflow.user", "mlflow.source.name", "mlflow.source.type"} <= after.data.tags.keys(), str(after.data.tags))


@runs.step("an exception inside start_run makes it FAILED")
def _(w: World) -> None:
    run_id = ""
    try:
        with mlflow.start_run(experiment_id=w.experiment) as run:
            run_id = run.info.run_id
            raise KeyError("on purpose")
    except KeyError:
        pass
    equal(w.client.get_run(run_id).info.status, "FAILED")


for status in ("FINISHED", "FAILED", "KILLED", "SCHEDULED"):

    def _ends(w: World, status: str = status) -> None:
        run = w.run_id()
        w.client.set_terminated(run, status, end_time=1_700_000_000_123)
        info = w.client.get_run(run).info
        equal((info.status, info.end_time), (status, 1_700_000_000_123))

    runs.add(f"a run is set to {status}", _ends)


@runs.step("a run that has ended can be taken up again")
def _(w: World) -> None:
    run = w.run_id()
    w.client.set_terminated(run)
    with mlflow.start_run(run_id=run):
        mlflow.log_metric("again", 1)
        equal(w.client.get_run(run).info.status, "RUNNING")
    after = w.client.get_run(run)
    equal((after.info.status, after.data.metrics), ("FINISHED", {"again": 1.0}))


@runs.step("nested runs know their parent, and are found by it")
def _(w: World) -> None:
    with mlflow.start_run(experiment_id=w.experiment) as parent:
        with mlflow.start_run(experiment_id=w.experiment, nested=True) as child:
            with mlflow.start_run(experiment_id=w.experiment, nested=True) as grandchild:
                pass
    equal(mlflow.get_parent_run(child.info.run_id).info.run_id, parent.info.run_id)
    equal(mlflow.get_parent_run(grandchild.info.run_id).info.run_id, child.info.run_id)
    equal(mlflow.get_parent_run(parent.info.run_id), None)
    found = w.client.search_runs([w.experiment], f"tags.mlflow.parentRunId = '{parent.info.run_id}'")
    equal([one.info.run_id for one in found], [child.info.run_id])


@runs.step("a run's name and its tag change together")
def _(w: World) -> None:
    run = w.run(run_name="first").info.run_id
    w.client.update_run(run, name="second")
    after = w.client.get_run(run)
    equal((after.info.run_name, after.data.tags["mlflow.runName"]), ("second", "second"))
    w.client.set_tag(run, "mlflow.runName", "third")
    equal(w.client.get_run(run).info.run_name, "third")


@runs.step("a name and a tag mlflow.runName that differ are refused")
def _(w: World) -> None:
    body = {"experiment_id": w.experiment, "run_name": "a", "tags": [{"key": "mlflow.runName", "value": "b"}]}
    answers(w.wire.call("POST", "runs/create", body), 400, "INVALID_PARAMETER_VALUE")


@runs.step("update answers with the run's info")
def _(w: World) -> None:
    run = w.run_id()
    body = {"run_id": run, "status": "FINISHED", "end_time": 1_700_000_000_000, "run_name": "over"}
    info = answers(w.wire.call("POST", "runs/update", body), 200).json["run_info"]
    equal((info["run_id"], info["status"], info["end_time"]), (run, "FINISHED", 1_700_000_000_000))
    equal(info["run_name"], "over")


@runs.step("a run that is not there is not found")
def _(w: World) -> None:
    refuses("RESOURCE_DOES_NOT_EXIST", lambda: w.client.get_run("0" * 32), "0" * 32)
    missing = {"run_id": "0" * 32, "key": "a", "value": "1"}
    answers(w.wire.call("POST", "runs/log-parameter", missing), 404, "RESOURCE_DOES_NOT_EXIST")


@runs.step("a run needs an experiment that is there")
def _(w: World) -> None:
    refuses("RESOURCE_DOES_NOT_EXIST", lambda: w.client.create_run("999999999"))


@runs.step("deleting hides a run, restoring brings it back with all it had")
def _(w: World) -> None:
    run = w.run_id()
    w.client.log_metric(run, "kept", 3)
    w.client.log_param(run, "kept", "yes")
    w.client.delete_run(run)
    equal(w.client.get_run(run).info.lifecycle_stage, "deleted")
    w.client.restore_run(run)
    after = w.client.get_run(run)
    equal((after.info.lifecycle_stage, after.data.metrics, after.data.params), ("active", {"kept": 3.0}, {"kept": "yes"}))


@runs.step("a deleted run takes nothing")
def _(w: World) -> None:
    run = w.run_id()
    w.client.delete_run(run)
    refuses("INVALID_PARAMETER_VALUE", lambda: w.client.log_metric(run, "m", 1), "active")
    refuses("INVALID_PARAMETER_VALUE", lambda: w.client.log_param(run, "p", 1), "active")
    refuses("INVALID_PARAMETER_VALUE", lambda: w.client.set_tag(run, "t", 1), "active")


@runs.step("views: active, deleted, both")
def _(w: World) -> None:
    made = w.client.create_experiment(w.name("views"))
    stays, goes = (w.client.create_run(made).info.run_id for _ in range(2))
    w.client.delete_run(goes)
    for view, want in (
        (ViewType.ACTIVE_ONLY, [stays]),
        (ViewType.DELETED_ONLY, [goes]),
        (ViewType.ALL, [stays, goes]),
    ):
        same([one.info.run_id for one in w.client.search_runs([made], run_view_type=view)], want, str(view))


@runs.step("status numbers and names are the protocol's")
def _(w: World) -> None:
    run = w.run_id()
    w.client.update_run(run, status=RunStatus.to_string(RunStatus.KILLED))
    info = answers(w.wire.call("GET", "runs/get", {"run_id": run}), 200).json["run"]["info"]
    equal(info["status"], "KILLED")


@runs.step("a status that is none changes nothing")
def _(w: World) -> None:
    run = w.run_id()
    # The reference answers as if it were fine.
    true(w.wire.call("POST", "runs/update", {"run_id": run, "status": "SLEEPING"}).status in (200, 400), "status")
    equal(w.client.get_run(run).info.status, "RUNNING")


@runs.step("start and user are kept as they were sent")
def _(w: World) -> None:
    body = {"experiment_id": w.experiment, "user_id": "somebody", "start_time": 1_600_000_000_001}
    info = answers(w.wire.call("POST", "runs/create", body), 200).json["run"]["info"]
    equal((info["start_time"], info["user_id"]), (1_600_000_000_001, "somebody"))


@runs.step("the table of mlflow.search_runs has a column a thing")
def _(w: World) -> None:
    made = w.client.create_experiment(w.name("table"))
    run = w.client.create_run(made, run_name="row").info.run_id
    w.client.log_metric(run, "acc", 0.5)
    w.client.log_param(run, "lr", "0.1")
    w.client.set_tag(run, "team", "a")
    table = mlflow.search_runs([made])
    equal(len(table), 1)
    row = table.iloc[0]
    equal((row["run_id"], row["metrics.acc"], row["params.lr"], row["tags.team"]), (run, 0.5, "0.1", "a"))
    equal(str(row["start_time"].tz), "UTC")


@runs.step("search_runs goes through pages of its own")
def _(w: World) -> None:
    made = w.client.create_experiment(w.name("pages"))
    ids = [w.client.create_run(made, run_name=f"run-{index:02}").info.run_id for index in range(25)]
    found, token, pages = [], None, 0
    while True:
        page = w.client.search_runs([made], max_results=10, order_by=["attributes.run_name ASC"], page_token=token)
        found += [one.info.run_id for one in page]
        pages += 1
        token = page.token
        if not token:
            break
    equal((found, pages), (ids, 3))


@runs.step("a page token that is none is refused")
def _(w: World) -> None:
    body = {"experiment_ids": [w.experiment], "page_token": "not a token"}
    answers(w.wire.call("POST", "runs/search", body), 400, "INVALID_PARAMETER_VALUE")


@runs.step("a page has at most 50,000 and at least 1")
def _(w: World) -> None:
    for size in (50_001, -1):
        body = {"experiment_ids": [w.experiment], "max_results": size}
        answers(w.wire.call("POST", "runs/search", body), 400, "INVALID_PARAMETER_VALUE")


@runs.step("runs of several experiments are searched together")
def _(w: World) -> None:
    made = [w.client.create_experiment(w.name("several")) for _ in range(3)]
    ids = [w.client.create_run(one).info.run_id for one in made]
    same([one.info.run_id for one in w.client.search_runs(made[:2])], ids[:2])
    equal(w.client.search_runs(["999999999"]), [])
