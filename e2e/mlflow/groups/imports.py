"""`npm run import:mlflow`: what a genuine server, its database or its folder holds, is the same here afterwards."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import mlflow
from mlflow.tracking import MlflowClient

from check import equal, true
from old_server import fill, first_difference, holds, serving
from runner import Group
from world import World

#: Ours: a genuine server need not be imported into.
imports = Group("import", is_extension=True)
SCRIPT = Path(__file__).parents[3] / "scripts" / "import-mlflow.mjs"
#: Runs beside the large ones, for an import to be killed among.
SMALL_RUNS = 12


def command(w: World, *options: str) -> tuple[list[str], dict[str, str]]:
    """A key in the environment is Assay's; none is the old server's."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MLFLOW_TRACKING_")}
    if w.token:
        environment["ASSAY_API_KEY"] = w.token
    return ["node", str(SCRIPT), "--to", w.url, "--report", str(w.folder / "report.json"), *options], environment


def run_import(w: World, *options: str) -> dict[str, Any]:
    """The import's report."""
    args, environment = command(w, *options)
    done = subprocess.run(args, env=environment, capture_output=True, text=True, timeout=600)
    equal(done.returncode, 0, done.stdout[-1_000:] + done.stderr[-1_000:])
    return json.loads((w.folder / "report.json").read_text())


def only(names: dict[str, str]) -> list[str]:
    return [part for name in names.values() for part in ("--only", name)]


def old_home(w: World, name: str) -> Path:
    folder = w.folder / name
    folder.mkdir()
    return folder


def filled(w: World, home: Path, store: str) -> tuple[dict[str, str], dict[str, Any]]:
    """What was made in a store, by name; and all that it holds."""
    with serving(home, store) as url, tracked_by(url):
        client = MlflowClient(url, url)
        names = fill(client, w.name, SMALL_RUNS)
        return names, holds(client, names)


class tracked_by:
    """For what of the client has no server as an argument."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.before = (os.environ.get("MLFLOW_TRACKING_URI"), os.environ.get("MLFLOW_TRACKING_TOKEN"))

    def __enter__(self) -> None:
        os.environ["MLFLOW_TRACKING_URI"] = self.url
        mlflow.set_tracking_uri(self.url)

    def __exit__(self, *_: object) -> None:
        os.environ["MLFLOW_TRACKING_URI"] = self.before[0] or ""
        mlflow.set_tracking_uri(self.before[0])


def database(w: World) -> tuple[Path, dict[str, str], dict[str, Any]]:
    def make() -> tuple[Path, dict[str, str], dict[str, Any]]:
        home = old_home(w, "database")
        return home, *filled(w, home, "sqlite:///mlflow.db")

    return w.once("database", make)


def written(report: dict[str, Any]) -> int:
    return sum(counts["written"] for counts in report["counts"].values())


@imports.step("from a server, killed in the middle and gone on with: all is here, nothing twice")
def _(w: World) -> None:
    home, names, want = database(w)
    with serving(home, "sqlite:///mlflow.db") as url:
        args, environment = command(w, "--uri", url, *only(names))
        killed = subprocess.Popen(args, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for_part(w, names["experiment"], killed)
        killed.send_signal(signal.SIGKILL)
        killed.wait()
        missing = holds_less(w, names, want)
        report = run_import(w, "--uri", url, *only(names))
    true(missing, "the import was over before it was killed: it is too small")
    equal(report["notCarried"], [])
    equal(first_difference(holds(w.client, names), want), "")
    true(report["counts"]["runs"]["there"] > 0, "the second import began anew")


@imports.step("again: nothing is written")
def _(w: World) -> None:
    home, names, want = database(w)
    with serving(home, "sqlite:///mlflow.db") as url:
        report = run_import(w, "--uri", url, *only(names))
    equal((written(report), report["notCarried"]), (0, []))
    equal(report["counts"]["runs"], {"read": SMALL_RUNS + 2, "written": 0, "there": SMALL_RUNS + 2})
    equal(first_difference(holds(w.client, names), want), "")


@imports.step("from a SQLite file, which is not touched; what came from its server is known again")
def _(w: World) -> None:
    home, names, want = database(w)
    before = (home / "mlflow.db").read_bytes()
    report = run_import(w, "--path", str(home / "mlflow.db"), *only(names))
    equal((written(report), report["notCarried"]), (0, []))
    equal((home / "mlflow.db").read_bytes() == before, True, "the file is as it was")
    equal(first_difference(holds(w.client, names), want), "")


@imports.step("from an mlruns folder that has been moved, and is not touched")
def _(w: World) -> None:
    home = old_home(w, "folder")
    os.environ["MLFLOW_ALLOW_FILE_STORE"] = "true"
    # As a client without a server writes it: its records name files by their whole path.
    url = (home / "mlruns").as_uri()
    with tracked_by(url):
        client = MlflowClient(url, url)
        names = fill(client, w.name, 1)
        want = holds(client, names)
    moved = old_home(w, "moved") / "mlruns"
    (home / "mlruns").rename(moved)
    kept = tree(moved)
    report = run_import(w, "--path", str(moved), *only(names))
    equal(report["notCarried"], [])
    equal(first_difference(holds(w.client, names), want), "")
    equal(tree(moved), kept, "the folder")


def tree(folder: Path) -> list[tuple[str, int]]:
    return sorted((str(path), path.stat().st_size) for path in folder.rglob("*"))


@imports.step("what cannot be carried is said, with its reason, and the rest is carried")
def _(w: World) -> None:
    home = old_home(w, "awkward")
    with serving(home, "sqlite:///mlflow.db") as url:
        old = MlflowClient(url, url)
        name = w.name("awkward")
        experiment = old.create_experiment(name)
        run = old.create_run(experiment, run_name="kept").info.run_id
        old.log_text(run, "kept", "fine.txt")
        old.log_text(run, "lost", "a;b.txt")
        model = w.name("taken")
        old.create_registered_model(model)
        w.client.create_registered_model(model)
        report = run_import(w, "--uri", url, "--only", name, "--only", model)
    reasons = {one["what"].split(" · ")[-1]: one["why"] for one in report["notCarried"]}
    equal(sorted(reasons), ["file a;b.txt", f'registered model "{model}"'])
    true("already" in reasons[f'registered model "{model}"'], reasons[f'registered model "{model}"'])
    found = w.client.get_experiment_by_name(name)
    true(found is not None, "the experiment is here")
    runs = w.client.search_runs([found.experiment_id])  # type: ignore[union-attr]
    equal([one.info.run_name for one in runs], ["kept"])
    equal([one.path for one in w.client.list_artifacts(runs[0].info.run_id)], ["fine.txt"])


def wait_for_part(w: World, experiment: str, process: subprocess.Popen[bytes]) -> None:
    """Until runs are here, and some of them is done."""
    end = time.monotonic() + 120
    while process.poll() is None and time.monotonic() < end:
        found = w.client.get_experiment_by_name(experiment)
        runs = w.client.search_runs([found.experiment_id]) if found else []
        if any("assay.imported.unfinished" not in run.data.tags for run in runs):
            return
        time.sleep(0.05)


def holds_less(w: World, names: dict[str, str], want: dict[str, Any]) -> bool:
    """An import that was killed has not carried all."""
    found = w.client.get_experiment_by_name(names["experiment"])
    runs = w.client.search_runs([found.experiment_id], max_results=1_000) if found else []
    done = [run for run in runs if "assay.imported.unfinished" not in run.data.tags]
    return len(done) < len(want["runs"])
