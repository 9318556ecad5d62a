"""What we do beyond MLflow, and where we are stricter. Left out against the reference."""

from __future__ import annotations

import base64

from mlflow.entities import Metric

from check import answers, equal, leaks_nothing, refuses, same, true
from runner import Group
from world import World

from .registry import model_with

grammar = Group("extensions · grammar", is_extension=True)
strict = Group("extensions · strictness", is_extension=True)


def corpus(w: World) -> None:
    """Runs a to d, histories of `loss` that fall and rise."""
    for name, losses, rate, team in (
        ("a", (5.0, 1.0, 3.0), "0.1", "red"),
        ("b", (4.0, 2.0, 2.5), "0.01", "blue"),
        ("c", (9.0, 8.0, 7.0), "0.001", "red"),
    ):
        run = w.run(run_name=name, start_time=ord(name)).info.run_id
        w.client.log_batch(run, metrics=[Metric("loss", value, step, step) for step, value in enumerate(losses)])
        w.client.log_metric(run, "val acc", losses[0] / 10)
        w.client.log_param(run, "lr", rate)
        w.client.set_tag(run, "team", team)
        w.client.set_terminated(run, "FINISHED" if name == "a" else "FAILED")
    w.run(run_name="d", start_time=ord("d"))


for text, names in {
    "params.lr = '0.1' OR params.lr = '0.01'": "ab",
    "params.lr = '0.1' or tags.team = 'blue'": "ab",
    "status = 'FINISHED' OR status = 'FAILED' AND tags.team = 'red'": "ac",
    "(status = 'FINISHED' OR status = 'FAILED') AND tags.team = 'red'": "ac",
    "tags.team = 'red' AND (params.lr = '0.1' OR params.lr = '0.01')": "a",
    "((params.lr = '0.1') OR (tags.team = 'blue' AND metrics.loss < 3))": "ab",
    "(metrics.loss < 3)": "b",
    "params.lr IN ('0.1', '0.001')": "ac",
    "params.lr NOT IN ('0.1', '0.001')": "b",
    "tags.team IN ('red')": "ac",
    "tags.team NOT IN ('red')": "b",
    "status IN ('FINISHED', 'RUNNING')": "ad",
    "run_name IN ('a', 'd')": "ad",
    "attributes.run_name NOT IN ('a', 'd')": "bc",
    "metrics.loss@min < 1.5": "a",
    "metrics.loss@min <= 2": "ab",
    "metrics.loss@max > 4.5": "ac",
    "metrics.loss@max = 4": "b",
    "metrics.loss@last >= 3": "ac",
    "metrics.loss@last = 2.5": "b",
    "metrics.`val acc`@max > 0.45": "ac",
    "metrics.loss@min < 1.5 OR metrics.loss@max > 8": "ac",
    "metrics.none@min < 1": "",
}.items():

    def _filter(w: World, text: str = text, names: str = names) -> None:
        w.once("corpus", lambda: corpus(w))
        found = w.client.search_runs([w.experiment], text)
        equal("".join(sorted(run.info.run_name for run in found)), names, text)

    grammar.add(text, _filter)

for text in ("(params.lr = '0.1'", "params.lr = '0.1')", "params.lr = '0.1' OR", "OR params.lr = '0.1'", "()",
             "metrics.loss@mean < 1", "params.lr IN ()", "params.lr IN '0.1'", "(" * 5_000 + "status = 'x'" + ")" * 5_000):

    def _refused(w: World, text: str = text) -> None:
        body = {"experiment_ids": [w.experiment], "filter": text}
        leaks_nothing(answers(w.wire.call("POST", "runs/search", body), 400, "INVALID_PARAMETER_VALUE"))

    grammar.add(f"refused: {text[:40]}", _refused)


@grammar.step("OR and IN in the searches of the other four")
def _(w: World) -> None:
    first, second = w.name("ext"), w.name("ext")
    ids = [w.client.create_experiment(name, tags={"t": name}) for name in (first, second)]
    either = f"name = '{first}' OR name = '{second}'"
    same([one.experiment_id for one in w.client.search_experiments(filter_string=either)], ids)
    same([one.experiment_id for one in w.client.search_experiments(filter_string=f"tags.t IN ('{first}')")], ids[:1])
    models = [model_with(w, 1), model_with(w, 2)]
    either = f"name = '{models[0]}' OR name = '{models[1]}'"
    same([one.name for one in w.client.search_registered_models(either)], models)
    versions = w.client.search_model_versions(f"(name = '{models[0]}' OR name = '{models[1]}') AND version_number = 1")
    same([one.name for one in versions], models)
    for name in ("x", "y", "z"):
        w.client.create_logged_model(w.experiment, name=name, tags={"t": name})
    found = w.client.search_logged_models([w.experiment], "name = 'x' OR tags.t IN ('y')")
    same([one.name for one in found], ["x", "y"])


@grammar.step("logged models by their status's name")
def _(w: World) -> None:
    made = w.client.create_logged_model(w.experiment, name="ready")
    w.client.create_logged_model(w.experiment, name="pending")
    w.client.finalize_logged_model(made.model_id, "READY")
    found = w.client.search_logged_models([w.experiment], "status = 'READY'")
    equal([one.name for one in found], ["ready"])


@strict.step("renaming an experiment to a name that is taken: RESOURCE_ALREADY_EXISTS, without SQL")
def _(w: World) -> None:
    taken, other = w.name("taken"), w.client.create_experiment(w.name("other"))
    w.client.create_experiment(taken)
    reply = w.wire.call("POST", "experiments/update", {"experiment_id": other, "new_name": taken})
    leaks_nothing(answers(reply, 400, "RESOURCE_ALREADY_EXISTS"))


@strict.step("a name that is taken says so without SQL")
def _(w: World) -> None:
    name = w.name("taken")
    w.client.create_experiment(name)
    w.client.create_registered_model(name)
    for path in ("experiments/create", "registered-models/create"):
        leaks_nothing(answers(w.wire.call("POST", path, {"name": name}), 400, "RESOURCE_ALREADY_EXISTS"))


@strict.step("a batch with a value that is no number is refused whole")
def _(w: World) -> None:
    run = w.run_id()
    good, bad = ({"key": key, "value": 1, "timestamp": 1, "step": 1} for key in ("good", "bad"))
    body = {"run_id": run, "metrics": [good, {**bad, "value": "no number"}]}
    answers(w.wire.call("POST", "runs/log-batch", body), 400, "INVALID_PARAMETER_VALUE")
    equal(w.client.get_run(run).data.metrics, {})


@strict.step("a status that is none is refused")
def _(w: World) -> None:
    body = {"run_id": w.run_id(), "status": "SLEEPING"}
    answers(w.wire.call("POST", "runs/update", body), 400, "INVALID_PARAMETER_VALUE")


@strict.step("a dataset without name, digest or source is refused")
def _(w: World) -> None:
    run = w.run_id()
    full = {"name": "d", "digest": "abc", "source_type": "local", "source": "{}"}
    for missing in full:
        dataset = {key: value for key, value in full.items() if key != missing}
        reply = w.wire.call("POST", "runs/log-inputs", {"run_id": run, "datasets": [{"dataset": dataset, "tags": []}]})
        answers(reply, 400, "INVALID_PARAMETER_VALUE")
    equal(w.client.get_run(run).inputs.dataset_inputs, [])


@strict.step("archive_existing_versions goes with Staging and Production only")
def _(w: World) -> None:
    name = model_with(w, 1)
    move = w.client.transition_model_version_stage
    refuses("INVALID_PARAMETER_VALUE", lambda: move(name, "1", "Archived", archive_existing_versions=True))


@strict.step("a version of a logged model that is not there: not found, not the server's fault")
def _(w: World) -> None:
    none = "m-" + "0" * 32
    body = {"name": model_with(w, 0), "source": f"models:/{none}", "model_id": none}
    reply = leaks_nothing(w.wire.call("POST", "model-versions/create", body))
    true(reply.status in (400, 404), f"status {reply.status}")


@strict.step("the key as Basic's password is as good as Bearer; a wrong one is nobody")
def _(w: World) -> None:
    def basic(password: str) -> dict[str, str]:
        return {"Authorization": "Basic " + base64.b64encode(f"anyone:{password}".encode()).decode()}

    path = "/api/2.0/mlflow/experiments/get?experiment_id=0"
    answers(w.wire.send("GET", path, headers=basic(w.token or "")), 200)
    answers(w.wire.send("GET", path, headers=basic("wrong")), 401)


@strict.step("what the client logs is on our own API at once")
def _(w: World) -> None:
    run = w.run(run_name="seen by both").info.run_id
    w.client.log_metric(run, "acc", 0.5, step=3)
    w.client.log_param(run, "lr", "0.1")
    own = answers(w.wire.call("GET", f"/api/runs/{run}"), 200).json
    equal((own["id"], own["name"]), (run, "seen by both"))
    text = answers(w.wire.call("GET", f"/api/runs/{run}/metrics", {"keys": "acc"}), 200).text
    true("0.5" in text, text[:300])


@strict.step("one version is in Production: the one before goes to Archived, asked for or not")
def _(w: World) -> None:
    name = model_with(w, 2)
    for number in ("1", "2"):
        w.client.transition_model_version_stage(name, number, "Production", archive_existing_versions=False)
    equal([w.client.get_model_version(name, str(at)).current_stage for at in (1, 2)], ["Archived", "Production"])
