"""The filter grammar and the orders of search_runs, on five runs called a to e."""

from __future__ import annotations

import math

from mlflow.entities import Dataset, DatasetInput, InputTag, Run

from check import answers, equal, refuses, same
from runner import Group
from world import World

search_runs = Group("search runs")


def dataset(name: str, digest: str, context: str) -> DatasetInput:
    return DatasetInput(Dataset(name, digest, "local", "{}"), [InputTag("mlflow.data.context", context)])


def corpus(w: World) -> dict[str, str]:
    """Name → id. `a` and `b` have everything; `e` next to nothing."""
    made = {name: w.run(run_name=name, start_time=1_000 * (at + 1)).info.run_id for at, name in enumerate("abcde")}
    log = w.client
    for name, loss, accuracy in (("a", 0.1, 0.9), ("b", 0.2, 0.8), ("c", 0.3, 0.7), ("d", math.nan, -1.5)):
        log.log_metric(made[name], "loss", loss, step=1, timestamp=1)
        log.log_metric(made[name], "val acc", accuracy, step=1, timestamp=1)
    # Only the latest counts.
    log.log_metric(made["a"], "moved", 1, step=1, timestamp=1)
    log.log_metric(made["a"], "moved", 9, step=2, timestamp=2)
    log.log_metric(made["b"], "moved", 5, step=1, timestamp=1)
    for name, rate, optimizer in (("a", "0.1", "adam"), ("b", "0.01", "Adam"), ("c", "0.001", "sgd_momentum")):
        log.log_param(made[name], "lr", rate)
        log.log_param(made[name], "the optimizer", optimizer)
    for name, team in (("a", "red"), ("b", "blue"), ("c", "50% off"), ("d", "it's")):
        log.set_tag(made[name], "team", team)
    log.set_tag(made["a"], "a.b/c d", "dotted")
    for name, status, end in (("a", "FINISHED", 5_000), ("b", "FAILED", 6_000), ("c", "KILLED", 7_000)):
        log.set_terminated(made[name], status, end_time=end)
    log.log_inputs(made["a"], [dataset("digits", "d1", "training")])
    log.log_inputs(made["b"], [dataset("digits", "d2", "testing"), dataset("Faces", "d1", "training")])
    return made


def found(w: World, text: str, order: list[str] | None = None) -> str:
    """The names of the runs that match, in the order in which they come."""
    w.once("corpus", lambda: corpus(w))
    runs: list[Run] = w.client.search_runs([w.experiment], text, order_by=order)  # type: ignore[assignment]
    return "".join(run.info.run_name for run in runs)


FILTERS = {
    "": "abcde",
    # Metrics: every comparison, with the latest value.
    "metrics.loss < 0.2": "a",
    "metrics.loss <= 0.2": "ab",
    "metrics.loss > 0.2": "c",
    "metrics.loss >= 0.2": "bc",
    "metrics.loss = 0.2": "b",
    "metrics.`val acc` != 0.9": "bcd",
    "metric.loss = 0.1": "a",
    "metrics.moved > 6": "a",
    "metrics.`val acc` < 0": "d",
    "metrics.`val acc` = -1.5": "d",
    "metrics.loss > 2e-1": "c",
    "metrics.`val acc` > 0.75": "ab",
    'metrics."val acc" > 0.75': "ab",
    "metrics.none > 0": "",
    # Params.
    "params.lr = '0.1'": "a",
    'params.lr = "0.1"': "a",
    "param.lr = '0.1'": "a",
    "parameters.lr = '0.1'": "a",
    "parameter.lr = '0.1'": "a",
    "params.lr != '0.1'": "bc",
    "params.`the optimizer` = 'adam'": "a",
    "params.`the optimizer` LIKE 'A%'": "b",
    "params.`the optimizer` ILIKE 'A%'": "ab",
    "params.`the optimizer` LIKE '%_momentum'": "c",
    "params.`the optimizer` LIKE 'a_am'": "a",
    "params.lr like '0.0%'": "bc",
    "params.lr IS NULL": "de",
    "params.lr IS NOT NULL": "abc",
    "params.none IS NULL": "abcde",
    # Tags.
    "tags.team = 'red'": "a",
    "tag.team = 'red'": "a",
    "tags.team != 'red'": "bcd",
    "tags.team LIKE '%e%'": "ab",
    "tags.team ILIKE '%E%'": "ab",
    "tags.team IS NULL": "e",
    "tags.team IS NOT NULL": "abcd",
    "tags.`a.b/c d` = 'dotted'": "a",
    'tags."a.b/c d" = \'dotted\'': "a",
    "tags.team = \"it's\"": "d",
    "tags.mlflow.runName = 'c'": "c",
    "tags.`mlflow.runName` = 'c'": "c",
    # Attributes, with every name of theirs.
    "attributes.status = 'FINISHED'": "a",
    "attribute.status = 'FAILED'": "b",
    "attr.status = 'FAILED'": "b",
    "run.status = 'FAILED'": "b",
    "status = 'RUNNING'": "de",
    "status != 'RUNNING'": "abc",
    "status LIKE 'F%'": "ab",
    "attributes.run_name = 'a'": "a",
    "attributes.`run name` = 'a'": "a",
    "run_name ILIKE 'A'": "a",
    "run_name LIKE 'A'": "",
    "attributes.start_time >= 3000": "cde",
    "attributes.start_time < 2000": "a",
    "start_time = 2000": "b",
    "attributes.created != 2000": "acde",
    "attributes.end_time > 5500": "bc",
    "attributes.end_time <= 5000": "a",
    "artifact_uri LIKE 'mlflow-artifacts:/%'": "abcde",
    # Datasets.
    "dataset.name = 'digits'": "ab",
    "datasets.name = 'digits'": "ab",
    "dataset.name ILIKE 'faces'": "b",
    "dataset.name LIKE 'faces'": "",
    "dataset.digest = 'd2'": "b",
    "dataset.digest IN ('d1', 'd2')": "ab",
    "dataset.context = 'training'": "ab",
    "dataset.context = 'testing'": "b",
    "dataset.name IN ('Faces')": "b",
    # Together.
    "metrics.loss < 0.25 AND params.lr = '0.01'": "b",
    "metrics.loss < 0.25 and tags.team = 'red' And status = 'FINISHED'": "a",
    "metrics.loss > 0.05 AND metrics.loss < 0.25 AND metrics.moved >= 5": "ab",
    "params.lr = '0.1' AND params.lr = '0.01'": "",
    "dataset.name = 'digits' AND dataset.digest = 'd2'": "b",
    "  metrics.loss   <   0.2  ": "a",
    "metrics.loss<0.2": "a",
}

for text, names in FILTERS.items():

    def _filter(w: World, text: str = text, names: str = names) -> None:
        equal("".join(sorted(found(w, text))), names, text)

    search_runs.add(text or "no filter", _filter)


@search_runs.step("attributes.run_id =, IN, NOT IN")
def _(w: World) -> None:
    ids = w.once("corpus", lambda: corpus(w))
    equal(found(w, f"attributes.run_id = '{ids['c']}'"), "c")
    same(found(w, f"attributes.run_id IN ('{ids['a']}', '{ids['d']}')"), "ad")
    same(found(w, f"run_id NOT IN ('{ids['a']}','{ids['d']}')"), "bce")


#: Each is refused with INVALID_PARAMETER_VALUE.
REFUSED = (
    "foo.bar = 'x'",
    "metrics.loss = 'x'",
    "metrics.loss LIKE 0.1",
    "metrics.loss",
    "params.lr = 0.1",
    "params.lr > '0.1'",
    "tags.team >= 'red'",
    "status = RUNNING",
    "attributes.nothing = 'x'",
    "attributes.start_time LIKE '1%'",
    "attributes.start_time > 'x'",
    "dataset.nothing = 'x'",
    "dataset.name > 'x'",
    "'a' = params.lr",
    "params.lr = 'open",
    "attributes.run_id IN (1, 2)",
    "attributes.run_id IN ('a' 'b'",
    "metrics.loss < 0.2; DROP TABLE runs",
)
for text in REFUSED:

    def _refused(w: World, text: str = text) -> None:
        body = {"experiment_ids": [w.experiment], "filter": text}
        answers(w.wire.call("POST", "runs/search", body), 400, "INVALID_PARAMETER_VALUE")

    search_runs.add(f"refused: {text}", _refused)


@search_runs.step("what an entity can be is said when it is none of it")
def _(w: World) -> None:
    refuses("INVALID_PARAMETER_VALUE", lambda: found(w, "foo.bar = 'x'"), "Invalid entity type 'foo'")


@search_runs.step("a quote in a value is no way out of it")
def _(w: World) -> None:
    for text in ("tags.team = \"x' OR '1'='1\"", "tags.team = \"x'; DROP TABLE runs; --\""):
        equal(found(w, text), "")


ORDERS = {
    "metrics.loss ASC": "abcde",
    "metrics.loss DESC": "cbade",
    "metrics.loss": "abcde",
    "metrics.`val acc` DESC": "abcde",
    "params.lr": "cbaed",
    "params.lr DESC": "abced",
    "tags.team": "cbdae",
    "attributes.start_time ASC": "abcde",
    "start_time DESC": "edcba",
    "attributes.run_name DESC": "edcba",
    "attribute.end_time ASC": "abced",
    "created DESC": "edcba",
}
for text, names in ORDERS.items():

    def _order(w: World, text: str = text, names: str = names) -> None:
        equal(found(w, "", [text]), names, text)

    search_runs.add(f"order by {text}", _order)


@search_runs.step("without an order the latest start comes first")
def _(w: World) -> None:
    equal(found(w, ""), "edcba")


@search_runs.step("a second order decides among equals")
def _(w: World) -> None:
    equal(found(w, "status = 'RUNNING'", ["attributes.status ASC", "attributes.start_time ASC"]), "de")
    equal(found(w, "status = 'RUNNING'", ["attributes.status ASC", "attributes.start_time DESC"]), "ed")


@search_runs.step("an order that is none is refused")
def _(w: World) -> None:
    for text in ("foo.bar", "metrics.loss UP", "metrics.loss ASC, params.lr", "attributes.nothing"):
        body = {"experiment_ids": [w.experiment], "order_by": [text]}
        answers(w.wire.call("POST", "runs/search", body), 400, "INVALID_PARAMETER_VALUE")


@search_runs.step("filter, order and pages go together, none twice and none left out")
def _(w: World) -> None:
    w.once("corpus", lambda: corpus(w))
    got, token = "", None
    for _ in range(10):
        page = w.client.search_runs([w.experiment], "metrics.`val acc` > -5", order_by=["metrics.loss DESC"],
                                    max_results=1, page_token=token)
        got += "".join(run.info.run_name for run in page)
        token = page.token
        if not token:
            break
    equal(got, "cbad")
