"""Registered models and their versions: names, aliases, stages, tags."""

from __future__ import annotations

from pathlib import Path

import mlflow
from mlflow.entities.model_registry import ModelVersion

from check import answers, equal, leaks_nothing, refuses, same, true
from runner import Group
from world import World

registry = Group("registry")


def version_of(w: World, name: str, **more: object) -> ModelVersion:
    """A version of a fresh run's files; the model is made if need be."""
    run = w.run_id()
    w.client.log_text(run, "flavors: {}", "model/MLmodel")
    source = f"{w.client.get_run(run).info.artifact_uri}/model"
    return w.client.create_model_version(name, source, run, **more)  # type: ignore[arg-type]


def files_of(w: World, name: str, version: str) -> dict[str, bytes]:
    uri = w.client.get_model_version_download_uri(name, version)
    folder = Path(mlflow.artifacts.download_artifacts(artifact_uri=uri, dst_path=str(w.folder / w.name("files"))))
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def model_with(w: World, versions: int) -> str:
    name = w.name("model")
    w.client.create_registered_model(name)
    for _ in range(versions):
        version_of(w, name)
    return name


@registry.step("one that is created is got, with description, tags and times")
def _(w: World) -> None:
    name = w.name("model")
    made = w.client.create_registered_model(name, {"team": "vision"}, "What it is for")
    equal((made.name, made.description, made.tags), (name, "What it is for", {"team": "vision"}))
    got = w.client.get_registered_model(name)
    equal((got.name, got.description, got.tags, got.latest_versions), (name, "What it is for", {"team": "vision"}, []))
    true(0 < got.creation_timestamp <= got.last_updated_timestamp, "times")


@registry.step("a second of the same name: 400 RESOURCE_ALREADY_EXISTS")
def _(w: World) -> None:
    name = model_with(w, 0)
    refuses("RESOURCE_ALREADY_EXISTS", lambda: w.client.create_registered_model(name), name)
    answers(w.wire.call("POST", "registered-models/create", {"name": name}), 400, "RESOURCE_ALREADY_EXISTS")


for name in ("", "a/b", "a:b"):

    def _no_name(w: World, name: str = name) -> None:
        answers(w.wire.call("POST", "registered-models/create", {"name": name}), 400, "INVALID_PARAMETER_VALUE")

    registry.add(f"{name!r} is no name", _no_name)


@registry.step("a name may hold spaces, dots and other scripts")
def _(w: World) -> None:
    name = w.name("Ünï 数 v2.0_a")
    w.client.create_registered_model(name)
    equal(w.client.get_registered_model(name).name, name)
    equal(version_of(w, name).version, "1")


@registry.step("one that is not there is not found")
def _(w: World) -> None:
    name = w.name("none")
    refuses("RESOURCE_DOES_NOT_EXIST", lambda: w.client.get_registered_model(name), name)
    refuses("RESOURCE_DOES_NOT_EXIST", lambda: w.client.update_registered_model(name, "x"))
    refuses("RESOURCE_DOES_NOT_EXIST", lambda: w.client.delete_registered_model(name))
    refuses("RESOURCE_DOES_NOT_EXIST", lambda: w.client.rename_registered_model(name, name + "2"))
    refuses("RESOURCE_DOES_NOT_EXIST", lambda: version_of(w, name))


@registry.step("its description is changed")
def _(w: World) -> None:
    name = model_with(w, 0)
    equal(w.client.update_registered_model(name, "new words").description, "new words")
    equal(w.client.get_registered_model(name).description, "new words")


@registry.step("renaming takes versions, aliases and tags along, and frees the name")
def _(w: World) -> None:
    name = model_with(w, 2)
    w.client.set_registered_model_alias(name, "champion", "1")
    w.client.set_registered_model_tag(name, "k", "v")
    w.client.set_model_version_tag(name, "2", "k", "v2")
    new = w.name("renamed")
    w.client.rename_registered_model(name, new)
    got = w.client.get_registered_model(new)
    equal((got.aliases, got.tags), ({"champion": "1"}, {"k": "v"}))
    same([one.version for one in w.client.search_model_versions(f"name = '{new}'")], ["1", "2"])
    equal(w.client.get_model_version(new, "2").tags, {"k": "v2"})
    refuses("RESOURCE_DOES_NOT_EXIST", lambda: w.client.get_registered_model(name))
    w.client.create_registered_model(name)


@registry.step("renaming to a name that is taken is refused")
def _(w: World) -> None:
    first, second = model_with(w, 0), model_with(w, 0)
    refuses("RESOURCE_ALREADY_EXISTS", lambda: w.client.rename_registered_model(first, second))
    equal(w.client.get_registered_model(first).name, first)


@registry.step("deleting takes all versions with it; the name is free again")
def _(w: World) -> None:
    name = model_with(w, 2)
    w.client.delete_registered_model(name)
    refuses("RESOURCE_DOES_NOT_EXIST", lambda: w.client.get_registered_model(name))
    equal(w.client.search_model_versions(f"name = '{name}'"), [])
    w.client.create_registered_model(name)
    equal(version_of(w, name).version, "1")


@registry.step("tags of a model are set, replaced and deleted")
def _(w: World) -> None:
    name = model_with(w, 0)
    w.client.set_registered_model_tag(name, "a", "1")
    w.client.set_registered_model_tag(name, "a", "2")
    w.client.set_registered_model_tag(name, "b.c", "3")
    equal(w.client.get_registered_model(name).tags, {"a": "2", "b.c": "3"})
    w.client.delete_registered_model_tag(name, "a")
    equal(w.client.get_registered_model(name).tags, {"b.c": "3"})


@registry.step("versions count from 1, each READY, of no stage, from its run")
def _(w: World) -> None:
    name = model_with(w, 0)
    first, second = version_of(w, name, description="one", tags={"k": "v"}), version_of(w, name)
    equal((first.version, second.version), ("1", "2"))
    got = w.client.get_model_version(name, "1")
    equal((got.status, got.current_stage, got.description, got.tags), ("READY", "None", "one", {"k": "v"}))
    equal((got.run_id, got.aliases), (first.run_id, []))
    true(got.source.endswith("/model"), got.source)
    true(0 < got.creation_timestamp <= got.last_updated_timestamp, "times")


@registry.step("the wire says the version as a text, times as numbers")
def _(w: World) -> None:
    name = model_with(w, 1)
    query = {"name": name, "version": "1"}
    version = answers(w.wire.call("GET", "model-versions/get", query), 200).json["model_version"]
    equal((version["version"], version["current_stage"], version["status"]), ("1", "None", "READY"))
    true(isinstance(version["creation_timestamp"], int), f"creation_timestamp {version['creation_timestamp']!r}")
    true("aliases" not in version, f"aliases {version.get('aliases')!r}")


@registry.step("numbers of deleted versions are not used again")
def _(w: World) -> None:
    name = model_with(w, 3)
    w.client.delete_model_version(name, "2")
    equal(version_of(w, name).version, "4")
    refuses("RESOURCE_DOES_NOT_EXIST", lambda: w.client.get_model_version(name, "2"))
    same([one.version for one in w.client.search_model_versions(f"name = '{name}'")], ["1", "3", "4"])


@registry.step("a version that is not there is not found")
def _(w: World) -> None:
    name = model_with(w, 1)
    refuses("RESOURCE_DOES_NOT_EXIST", lambda: w.client.get_model_version(name, "9"))
    refuses("RESOURCE_DOES_NOT_EXIST", lambda: w.client.update_model_version(name, "9", "x"))
    refuses("RESOURCE_DOES_NOT_EXIST", lambda: w.client.delete_model_version(name, "9"))
    refuses("RESOURCE_DOES_NOT_EXIST", lambda: w.client.set_model_version_tag(name, "9", "a", "b"))


@registry.step("a version that is no number is refused")
def _(w: World) -> None:
    name = model_with(w, 1)
    reply = w.wire.call("GET", "model-versions/get", {"name": name, "version": "one"})
    answers(leaks_nothing(reply), 400, "INVALID_PARAMETER_VALUE")


@registry.step("a version's description and tags are changed")
def _(w: World) -> None:
    name = model_with(w, 1)
    equal(w.client.update_model_version(name, "1", "words").description, "words")
    w.client.set_model_version_tag(name, "1", "a", "1")
    w.client.set_model_version_tag(name, "1", "a", "2")
    w.client.set_model_version_tag(name, "1", "b", "3")
    w.client.delete_model_version_tag(name, "1", "b")
    got = w.client.get_model_version(name, "1")
    equal((got.description, got.tags), ("words", {"a": "2"}))


@registry.step("the download address has the version's files")
def _(w: World) -> None:
    equal(files_of(w, model_with(w, 1), "1"), {"MLmodel": b"flavors: {}"})


@registry.step("an alias points to one version, moves, and is deleted")
def _(w: World) -> None:
    name = model_with(w, 2)
    w.client.set_registered_model_alias(name, "champion", "1")
    equal(w.client.get_model_version_by_alias(name, "champion").version, "1")
    equal(w.client.get_model_version(name, "1").aliases, ["champion"])
    w.client.set_registered_model_alias(name, "champion", "2")
    equal(w.client.get_model_version_by_alias(name, "champion").version, "2")
    equal(w.client.get_model_version(name, "1").aliases, [])
    equal(w.client.get_registered_model(name).aliases, {"champion": "2"})
    w.client.delete_registered_model_alias(name, "champion")
    refuses("INVALID_PARAMETER_VALUE", lambda: w.client.get_model_version_by_alias(name, "champion"), "champion")


@registry.step("several aliases of one version")
def _(w: World) -> None:
    name = model_with(w, 1)
    for alias in ("a", "b-c", "d_1"):
        w.client.set_registered_model_alias(name, alias, "1")
    same(w.client.get_model_version(name, "1").aliases, ["a", "b-c", "d_1"])


for alias in ("latest", "v1", "v22", "a b", "a/b", "", "x" * 256):

    def _alias(w: World, alias: str = alias) -> None:
        name = w.once("one", lambda: model_with(w, 1))
        body = {"name": name, "alias": alias, "version": "1"}
        answers(w.wire.call("POST", "registered-models/alias", body), 400, "INVALID_PARAMETER_VALUE")

    registry.add(f"{alias[:20]!r} is no alias", _alias)


@registry.step("an alias of a version that is not there is refused; deleting one that is not there is fine")
def _(w: World) -> None:
    name = model_with(w, 1)
    refuses("RESOURCE_DOES_NOT_EXIST", lambda: w.client.set_registered_model_alias(name, "champion", "9"))
    w.client.delete_registered_model_alias(name, "nobody")


@registry.step("a deleted version takes its aliases with it")
def _(w: World) -> None:
    name = model_with(w, 2)
    w.client.set_registered_model_alias(name, "champion", "1")
    w.client.delete_model_version(name, "1")
    equal(w.client.get_registered_model(name).aliases, {})


@registry.step("stages: a version goes through them, in any letters")
def _(w: World) -> None:
    name = model_with(w, 1)
    for stage, want in (("Staging", "Staging"), ("production", "Production"), ("Archived", "Archived"), ("None", "None")):
        equal(w.client.transition_model_version_stage(name, "1", stage).current_stage, want)
        equal(w.client.get_model_version(name, "1").current_stage, want)


@registry.step("a stage that is none is refused")
def _(w: World) -> None:
    name = model_with(w, 1)
    refuses("INVALID_PARAMETER_VALUE", lambda: w.client.transition_model_version_stage(name, "1", "Heaven"), "stage")


for stage in ("Staging", "Production"):

    def _archive(w: World, stage: str = stage) -> None:
        name = model_with(w, 3)
        w.client.transition_model_version_stage(name, "1", stage)
        w.client.transition_model_version_stage(name, "2", stage, archive_existing_versions=True)
        stages = [w.client.get_model_version(name, str(at)).current_stage for at in (1, 2, 3)]
        equal(stages, ["Archived", stage, "None"])

    def _keep(w: World, stage: str = stage) -> None:
        name = model_with(w, 3)
        w.client.transition_model_version_stage(name, "1", stage)
        w.client.transition_model_version_stage(name, "2", stage, archive_existing_versions=False)
        stages = [w.client.get_model_version(name, str(at)).current_stage for at in (1, 2, 3)]
        equal(stages, [stage, stage, "None"])

    registry.add(f"archive_existing_versions archives those that were in {stage}", _archive)
    # Of Production we keep one version, as `extensions` tries.
    if stage != "Production":
        registry.add(f"without it they stay in {stage}", _keep)


@registry.step("latest versions: the greatest number of each stage")
def _(w: World) -> None:
    name = model_with(w, 4)
    for number, stage in (("1", "Production"), ("2", "Staging"), ("3", "Staging")):
        w.client.transition_model_version_stage(name, number, stage)
    got = {one.current_stage: one.version for one in w.client.get_latest_versions(name)}
    equal(got, {"Production": "1", "Staging": "3", "None": "4"})
    equal([one.version for one in w.client.get_latest_versions(name, ["Staging"])], ["3"])
    equal(w.client.get_latest_versions(name, ["Archived"]), [])


@registry.step("the model lists its latest versions")
def _(w: World) -> None:
    name = model_with(w, 2)
    w.client.transition_model_version_stage(name, "1", "Production")
    got = {one.current_stage: one.version for one in w.client.get_registered_model(name).latest_versions}
    equal(got, {"Production": "1", "None": "2"})


@registry.step("a version needs a source, and one that is there")
def _(w: World) -> None:
    name = model_with(w, 0)
    answers(w.wire.call("POST", "model-versions/create", {"name": name}), 400, "INVALID_PARAMETER_VALUE")
    body = {"name": name, "source": "models:/m-" + "0" * 32, "model_id": "m-" + "0" * 32}
    true(w.wire.call("POST", "model-versions/create", body).status >= 400, "a model that is not there")
    equal(w.client.search_model_versions(f"name = '{name}'"), [])


@registry.step("copy_model_version makes one from another's files")
def _(w: World) -> None:
    name = model_with(w, 1)
    target = w.name("copied")
    copy = w.client.copy_model_version(f"models:/{name}/1", target)
    equal((copy.name, copy.version), (target, "1"))
    equal(copy.source, f"models:/{name}/1")
    equal(files_of(w, target, "1"), {"MLmodel": b"flavors: {}"})


@registry.step("register_model makes the model when it is not there")
def _(w: World) -> None:
    run = w.run_id()
    w.client.log_text(run, "flavors: {}", "model/MLmodel")
    name = w.name("fluent")
    version = mlflow.register_model(f"runs:/{run}/model", name, await_registration_for=10, tags={"t": "1"})
    equal((version.name, version.version, version.run_id, version.tags), (name, "1", run, {"t": "1"}))
    equal(mlflow.register_model(f"runs:/{run}/model", name, await_registration_for=10).version, "2")
