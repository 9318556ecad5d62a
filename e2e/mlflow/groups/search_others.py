"""Searches of experiments, registered models, versions and logged models."""

from __future__ import annotations

from check import answers, equal, refuses, same, true
from runner import Group
from world import World

from .registry import version_of

search_experiments = Group("search experiments")
search_models = Group("search registered models")
search_versions = Group("search versions")
search_logged = Group("search logged models")


# Experiments: alpha and beta have tags, gamma none.


def experiments(w: World) -> dict[str, str]:
    """Short name → id; names begin with what is kept under `prefix`."""
    prefix = w.once("prefix", lambda: w.name("se"))
    made = {}
    for name, tags in (("alpha", {"team": "red", "a b": "1"}), ("Beta", {"team": "blue"}), ("gamma", {})):
        made[name] = w.client.create_experiment(f"{prefix}-{name}", tags=tags)
    return made


def found_experiments(w: World, text: str, order: list[str] | None = None) -> list[str]:
    w.once("experiments", lambda: experiments(w))
    prefix = w.once("prefix", lambda: "")
    text = text.replace("$", prefix)
    # Others have made experiments too.
    within = f"name LIKE '{prefix}-%'" + (f" AND {text}" if text else "")
    found = w.client.search_experiments(filter_string=within, order_by=order or ["name ASC"])
    return [one.name.removeprefix(f"{prefix}-") for one in found]


for text, names in {
    "": "alpha Beta gamma",
    "name = '$-alpha'": "alpha",
    "attribute.name = '$-alpha'": "alpha",
    "name != '$-alpha'": "Beta gamma",
    "name LIKE '%-beta'": "",
    "name ILIKE '%-beta'": "Beta",
    "attribute.name LIKE '%a'": "alpha Beta gamma",
    "tags.team = 'red'": "alpha",
    "tag.team = 'red'": "alpha",
    "tags.team != 'red'": "Beta",
    "tags.team LIKE '%e%'": "alpha Beta",
    "tags.team ILIKE 'BL%'": "Beta",
    "tags.`a b` = '1'": "alpha",
    "tags.team IS NULL": "gamma",
    "tags.team IS NOT NULL": "alpha Beta",
    "creation_time > 0": "alpha Beta gamma",
    "creation_time < 1000": "",
    "last_update_time >= 1000 AND tags.team = 'red'": "alpha",
    "creation_time != 5": "alpha Beta gamma",
}.items():

    def _experiment(w: World, text: str = text, names: str = names) -> None:
        same(found_experiments(w, text), names.split(), text)

    search_experiments.add(text or "no filter", _experiment)


@search_experiments.step("experiment_id =, IN, NOT IN")
def _(w: World) -> None:
    made = w.once("experiments", lambda: experiments(w))
    equal(found_experiments(w, f"experiment_id = '{made['Beta']}'"), ["Beta"])
    ids = f"('{made['Beta']}', '{made['gamma']}')"
    same(found_experiments(w, f"experiment_id IN {ids}"), ["Beta", "gamma"])
    equal(found_experiments(w, f"experiment_id NOT IN {ids}"), ["alpha"])


for text in ("foo.bar = 'x'", "name > 'x'", "name = x", "tags.team > 'x'", "nothing = 'x'", "creation_time LIKE 'x'"):

    def _no_experiment(w: World, text: str = text) -> None:
        refuses("INVALID_PARAMETER_VALUE", lambda: w.client.search_experiments(filter_string=text))

    search_experiments.add(f"refused: {text}", _no_experiment)


@search_experiments.step("orders: by id, by creation")
def _(w: World) -> None:
    for order, want in (
        (["experiment_id DESC"], ["gamma", "Beta", "alpha"]),
        (["experiment_id ASC"], ["alpha", "Beta", "gamma"]),
        (["attribute.creation_time DESC", "experiment_id DESC"], ["gamma", "Beta", "alpha"]),
    ):
        equal(found_experiments(w, "", order), want, str(order))


@search_experiments.step("an order that is none is refused")
def _(w: World) -> None:
    refuses("INVALID_PARAMETER_VALUE", lambda: w.client.search_experiments(order_by=["nothing ASC"]))


@search_experiments.step("pages hold what is asked for, all of them everything once")
def _(w: World) -> None:
    prefix = w.name("page")
    ids = [w.client.create_experiment(f"{prefix}-{at}") for at in range(7)]
    got, token, sizes = [], None, []
    while True:
        page = w.client.search_experiments(
            filter_string=f"name LIKE '{prefix}-%'", max_results=3, order_by=["name ASC"], page_token=token
        )
        got += [one.experiment_id for one in page]
        sizes.append(len(page))
        token = page.token
        if not token:
            break
    equal((got, sizes), (ids, [3, 3, 1]))


@search_experiments.step("a page of 0 and of 50,001 is refused")
def _(w: World) -> None:
    for size in (0, 50_001):
        answers(w.wire.call("POST", "experiments/search", {"max_results": size}), 400, "INVALID_PARAMETER_VALUE")


# Registered models: alpha and Beta have tags and versions, gamma neither.


def models(w: World) -> str:
    prefix = w.name("sm")
    for name, tags, versions in (("alpha", {"team": "red"}, 2), ("Beta", {"team": "blue", "a b": "1"}, 1), ("gamma", {}, 0)):
        w.client.create_registered_model(f"{prefix}-{name}", tags)
        for _ in range(versions):
            version_of(w, f"{prefix}-{name}")
    return prefix


def found_models(w: World, text: str, order: list[str] | None = None) -> list[str]:
    prefix = w.once("models", lambda: models(w))
    within = f"name LIKE '{prefix}-%'" + (f" AND {text.replace('$', prefix)}" if text else "")
    found = w.client.search_registered_models(within, order_by=order)
    return [one.name.removeprefix(f"{prefix}-") for one in found]


for text, names in {
    "": "alpha Beta gamma",
    "name = '$-alpha'": "alpha",
    "name != '$-alpha'": "Beta gamma",
    "name ILIKE '%-BETA'": "Beta",
    "name LIKE '%-BETA'": "",
    "tags.team = 'red'": "alpha",
    "tag.team = 'red'": "alpha",
    "tags.team LIKE '%e%'": "alpha Beta",
    "tags.team ILIKE 'BL%'": "Beta",
    "tags.`a b` = '1'": "Beta",
    "tags.team != 'red'": "Beta",
    "tags.team = 'red' AND tags.team = 'blue'": "",
}.items():

    def _model(w: World, text: str = text, names: str = names) -> None:
        same(found_models(w, text), names.split(), text)

    search_models.add(text or "no filter", _model)

for text in ("foo.bar = 'x'", "name > 'x'", "name = x", "description = 'x'", "tags.team > 'x'", "tags.team = red"):

    def _no_model(w: World, text: str = text) -> None:
        refuses("INVALID_PARAMETER_VALUE", lambda: w.client.search_registered_models(text))

    search_models.add(f"refused: {text}", _no_model)


@search_models.step("they come with their latest versions, tags and aliases")
def _(w: World) -> None:
    prefix = w.once("models", lambda: models(w))
    w.client.set_registered_model_alias(f"{prefix}-alpha", "best", "1")
    [found] = w.client.search_registered_models(f"name = '{prefix}-alpha'")
    equal(([one.version for one in found.latest_versions], found.tags), (["2"], {"team": "red"}))
    equal(found.aliases, {"best": "1"})


@search_models.step("orders: by name, by time; pages in that order")
def _(w: World) -> None:
    prefix = w.name("order")
    names = [f"{prefix}-{at}" for at in range(5)]
    for name in names:
        w.client.create_registered_model(name)
    within = f"name LIKE '{prefix}-%'"
    for order, want in (
        (["name DESC"], names[::-1]),
        (["name ASC"], names),
        (["timestamp DESC", "name DESC"], names[::-1]),
        (["last_updated_timestamp ASC", "name ASC"], names),
    ):
        got, token = [], None
        while True:
            page = w.client.search_registered_models(within, max_results=2, order_by=order, page_token=token)
            true(len(page) <= 2, f"a page of {len(page)}")
            got += [one.name for one in page]
            token = page.token
            if not token:
                break
        equal(got, want, str(order))


# Versions: of one model four, of another one.


def versions(w: World) -> tuple[str, str, list[str]]:
    """Both models' names, and the runs of the first one's versions."""
    first, second = w.name("sv"), w.name("sv-other")
    w.client.create_registered_model(first)
    w.client.create_registered_model(second)
    runs = [version_of(w, first, tags={"team": team}).run_id for team in ("red", "blue", "Red", "green")]
    version_of(w, second)
    return first, second, runs


for text, numbers in {
    "name = '$1'": "1234",
    "name = '$1' AND version_number = 2": "2",
    "name = '$1' AND version_number > 2": "34",
    "name = '$1' AND version_number >= 2": "234",
    "name = '$1' AND version_number < 3": "12",
    "name = '$1' AND version_number <= 3": "123",
    "name = '$1' AND version_number != 3": "124",
    "name = '$1' AND run_id = '$r1'": "1",
    "run_id = '$r2'": "2",
    "run_id IN ('$r1', '$r3')": "13",
    "name IN ('$1', '$2') AND version_number >= 2": "234",
    "name = '$1' AND tags.team = 'red'": "1",
    "name = '$1' AND tags.team LIKE '%re%'": "14",
    "name = '$1' AND tags.team ILIKE 'red'": "13",
    "name = '$1' AND source_path LIKE '%/model'": "1234",
    "name LIKE '$1%'": "1234",
    "name ILIKE '$1'": "1234",
    "name = '$1' AND tag.team != 'red'": "234",
}.items():

    def _version(w: World, text: str = text, numbers: str = numbers) -> None:
        first, second, runs = w.once("versions", lambda: versions(w))
        for mark, value in (("$1", first), ("$2", second), ("$r1", runs[0]), ("$r2", runs[1]), ("$r3", runs[2])):
            text = text.replace(mark, value)
        equal("".join(sorted(one.version for one in w.client.search_model_versions(text))), numbers, text)

    search_versions.add(text, _version)

for text in ("foo.bar = 'x'", "version_number LIKE '1'", "version_number = 'x'", "name > 'x'", "nothing = 'x'"):

    def _no_version(w: World, text: str = text) -> None:
        refuses("INVALID_PARAMETER_VALUE", lambda: w.client.search_model_versions(text))

    search_versions.add(f"refused: {text}", _no_version)


@search_versions.step("orders, and pages in them")
def _(w: World) -> None:
    first, _second, _runs = w.once("versions", lambda: versions(w))
    for order, want in (
        (["version_number DESC"], "4321"),
        (["version_number ASC"], "1234"),
        (["name ASC", "version_number DESC"], "4321"),
        (["creation_timestamp ASC", "version_number ASC"], "1234"),
    ):
        got, token = "", None
        while True:
            page = w.client.search_model_versions(f"name = '{first}'", max_results=3, order_by=order, page_token=token)
            got += "".join(one.version for one in page)
            token = page.token
            if not token:
                break
        equal(got, want, str(order))


# Logged models: a, b and c.


def logged(w: World) -> dict[str, str]:
    made = {}
    for name, kind, loss, rate, team in (
        ("a", "agent", 0.1, "0.1", "red"),
        ("b", "Agent", 0.2, "0.01", "blue"),
        ("c", "tree", 0.3, None, None),
    ):
        run = w.run_id()
        model = w.client.create_logged_model(
            w.experiment, name=name, source_run_id=run, model_type=kind,
            params={"lr": rate} if rate else None, tags={"the team": team} if team else None,
        )
        made[name] = model.model_id
        w.once(f"run {name}", lambda run=run: run)
        w.client.log_metric(run, "loss", loss, model_id=model.model_id, dataset_name="eval", dataset_digest=f"d-{name}")
        if name != "c":
            w.client.finalize_logged_model(model.model_id, "READY")
    return made


def found_logged(w: World, text: str | None, **more: object) -> str:
    w.once("logged", lambda: logged(w))
    found = w.client.search_logged_models([w.experiment], text, **more)  # type: ignore[arg-type]
    return "".join(one.name for one in found)


for text, names in {
    "": "abc",
    "name = 'a'": "a",
    "name != 'a'": "bc",
    "name LIKE 'A'": "",
    "name ILIKE 'A'": "a",
    "name IN ('a', 'c')": "ac",
    "name NOT IN ('a', 'c')": "b",
    "model_type = 'agent'": "a",
    "model_type ILIKE 'AGENT'": "ab",
    "metrics.loss < 0.2": "a",
    "metrics.loss <= 0.2": "ab",
    "metrics.loss > 0.2": "c",
    "metrics.loss >= 0.2": "bc",
    "metrics.loss = 0.2": "b",
    "metrics.loss != 0.2": "ac",
    "params.lr = '0.1'": "a",
    "params.lr LIKE '0.0%'": "b",
    "tags.`the team` = 'red'": "a",
    "tags.`the team` ILIKE 'BLUE'": "b",
    "creation_timestamp > 0": "abc",
    "creation_time < 1000": "",
    "last_updated_timestamp > 0": "abc",
    "metrics.loss < 0.25 AND params.lr = '0.01'": "b",
}.items():

    def _logged(w: World, text: str = text, names: str = names) -> None:
        same(found_logged(w, text or None), names, text)

    search_logged.add(text or "no filter", _logged)


@search_logged.step("by id and by source run")
def _(w: World) -> None:
    ids = w.once("logged", lambda: logged(w))
    equal(found_logged(w, f"model_id = '{ids['b']}'"), "b")
    run = w.once("run c", lambda: "")
    equal(found_logged(w, f"source_run_id = '{run}'"), "c")


@search_logged.step("metrics of one dataset only")
def _(w: World) -> None:
    on = [{"dataset_name": "eval", "dataset_digest": "d-a"}]
    equal(found_logged(w, "metrics.loss < 0.9", datasets=on), "a")
    equal(found_logged(w, "metrics.loss < 0.9", datasets=[{"dataset_name": "other"}]), "")


@search_logged.step("orders: by a metric, by creation")
def _(w: World) -> None:
    equal(found_logged(w, None, order_by=[{"field_name": "metrics.loss", "ascending": False}]), "cba")
    equal(found_logged(w, None, order_by=[{"field_name": "metrics.loss", "ascending": True}]), "abc")
    equal(found_logged(w, None, order_by=[{"field_name": "creation_timestamp", "ascending": True}]), "abc")
    by_dataset = {"field_name": "metrics.loss", "dataset_name": "eval", "dataset_digest": "d-b", "ascending": True}
    equal(found_logged(w, None, order_by=[by_dataset])[0], "b")


@search_logged.step("pages")
def _(w: World) -> None:
    w.once("logged", lambda: logged(w))
    order = [{"field_name": "creation_timestamp", "ascending": True}]
    first = w.client.search_logged_models([w.experiment], max_results=2, order_by=order)
    second = w.client.search_logged_models([w.experiment], max_results=2, order_by=order, page_token=first.token)
    equal([[one.name for one in page] for page in (first, second)], [["a", "b"], ["c"]])
    true(first.token and not second.token, "tokens")


for text in ("foo.bar = 'x'", "nothing = 'x'", "name > 'a'", "metrics.loss LIKE 'x'", "params.lr > '1'"):

    def _no_logged(w: World, text: str = text) -> None:
        refuses("INVALID_PARAMETER_VALUE", lambda: w.client.search_logged_models([w.experiment], text))

    search_logged.add(f"refused: {text}", _no_logged)
