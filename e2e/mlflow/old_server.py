"""A genuine server with known things, to be imported from; and what a server holds, told without its ids."""

from __future__ import annotations

import contextlib
import hashlib
import math
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from mlflow.entities import Dataset, DatasetInput, InputTag, Metric, Param, RunTag, ViewType
from mlflow.tracking import MlflowClient

#: In milliseconds; any moment will do.
START = 1_700_000_000_000
POINTS = 2_500
OURS = ("assay.imported.from", "assay.imported.unfinished", "assay.imported.version")


@contextlib.contextmanager
def serving(folder: Path, store: str) -> Iterator[str]:
    """A genuine server in this folder, which keeps its files in `mlartifacts` there; its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    quiet = {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false", "MLFLOW_TRACKING_URI": "", "MLFLOW_ALLOW_FILE_STORE": "true"}
    args = ["--host", "127.0.0.1", "--port", str(port), "--workers", "1", "--backend-store-uri", store]
    with open(folder / "server.log", "ab") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "mlflow", "server", *args],
            cwd=folder,
            env={**os.environ, **quiet},
            stdout=log,
            stderr=log,
        )
        try:
            wait_for(url, server)
            yield url
        finally:
            server.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                server.wait(20)
            server.kill()


def wait_for(url: str, server: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 180
    while server.poll() is None and time.monotonic() < end:
        try:
            with urllib.request.urlopen(f"{url}/health", timeout=5):
                return
        except OSError:
            time.sleep(0.2)
    raise AssertionError("the genuine server did not start")


def fill(client: MlflowClient, name: Callable[[str], str], runs: int) -> dict[str, str]:
    """Makes an experiment, runs and a registered model, whose names it returns."""
    names = {"experiment": name("old"), "empty": name("old-empty"), "model": name("old-model")}
    client.create_experiment(names["empty"])
    experiment = client.create_experiment(names["experiment"], tags={"team": "vision", "note": "Größe: 数"})
    first = fill_run(client, experiment, "parent", None)
    child = fill_run(client, experiment, "child", first)
    for number in range(runs):
        run = client.create_run(experiment, START + number, run_name=f"small {number}").info.run_id
        client.log_metric(run, "loss", 1 / (number + 1), START, 0)
        client.log_text(run, f"notes of {number}\n" * 50, "notes/of.txt")
        client.set_terminated(run, "FINISHED", START + 60_000 + number)
    gone = client.create_run(experiment, run_name="deleted").info.run_id
    client.delete_run(gone)
    fill_logged_model(client, experiment, child)
    fill_registry(client, names["model"], first)
    return names


def fill_run(client: MlflowClient, experiment: str, name: str, parent: str | None) -> str:
    tags = {"mlflow.user": "ada", **({"mlflow.parentRunId": parent} if parent else {})}
    run = client.create_run(experiment, START, tags, run_name=name).info.run_id
    # More than one batch of each.
    params = [Param(f"p{number:03}", f"value {number}") for number in range(100)]
    client.log_batch(run, params=params)
    client.log_batch(run, params=[Param("long", "x" * 6_000), Param("empty", ""), Param("odd", "a,'\"\n数")])
    client.log_batch(run, tags=[RunTag(f"t{number:03}", f"{number}") for number in range(90)])
    client.set_tag(run, "mlflow.note.content", "# what it is\n")
    for start in range(0, POINTS, 1_000):
        points = range(start, min(start + 1_000, POINTS))
        client.log_batch(run, metrics=[Metric("long", point / 3, START + point, point) for point in points])
    odd = [("odd", math.nan, 0), ("odd", math.inf, 1), ("odd", -math.inf, 2), ("odd", 1e-300, -3), ("odd", 0.1, 3)]
    client.log_batch(run, metrics=[Metric(key, value, START, step) for key, value, step in odd])
    fill_dataset(client, run)
    client.log_text(run, "hello", "notes/a.txt")
    client.log_text(run, "", "notes/empty.txt")
    client.log_text(run, "ü", "deep/er/and deeper/Größe 数.txt")
    client.log_text(run, "flavors: {}", "model/MLmodel")
    client.log_text(run, "0" * 3_000_000, "big.bin")
    client.set_terminated(run, "FAILED" if parent else "FINISHED", START + 5_000)
    return run


def fill_dataset(client: MlflowClient, run: str) -> None:
    dataset = Dataset("digits", "abc123", "http", '{"url": "http://example.org/d.csv"}', '{"x": 1}', '{"rows": 3}')
    client.log_inputs(run, [DatasetInput(dataset, [InputTag("mlflow.data.context", "training")])])


def fill_logged_model(client: MlflowClient, experiment: str, run: str) -> None:
    model = client.create_logged_model(experiment, "net", run, {"colour": "blue"}, {"depth": "3"}, "pyfunc")
    folder = Path("logged-model")
    (folder / "data").mkdir(parents=True, exist_ok=True)
    (folder / "MLmodel").write_text("flavors: {}")
    (folder / "data" / "weights.bin").write_bytes(bytes(range(256)))
    client.log_model_artifacts(model.model_id, str(folder))
    client.finalize_logged_model(model.model_id, "READY")


def fill_registry(client: MlflowClient, name: str, run: str) -> None:
    client.create_registered_model(name, {"owner": "ada"}, "What it is for")
    source = f"{client.get_run(run).info.artifact_uri}/model"
    for number in (1, 2, 3):
        client.create_model_version(name, source, run, {"number": str(number)}, description=f"the {number}.")
    client.transition_model_version_stage(name, "1", "Archived")
    client.transition_model_version_stage(name, "2", "Production")
    client.set_registered_model_alias(name, "champion", "2")
    client.set_registered_model_alias(name, "next", "3")


def holds(client: MlflowClient, names: dict[str, str]) -> dict[str, Any]:
    """All that an import has to carry, in a form that is the same on every server."""
    experiment = client.get_experiment_by_name(names["experiment"])
    if experiment is None:
        raise AssertionError("the experiment is not there")
    runs = client.search_runs([experiment.experiment_id], run_view_type=ViewType.ACTIVE_ONLY, max_results=1_000)
    by_id = {run.info.run_id: run.info.run_name for run in runs}
    model = client.get_registered_model(names["model"])
    return {
        "empty": client.get_experiment_by_name(names["empty"]) is not None,
        "experiment": tags_of(experiment.tags),
        "runs": sorted((run_of(client, run, by_id) for run in runs), key=lambda run: run["name"]),
        "logged models": [logged_of(client, one, by_id) for one in client.search_logged_models([experiment.experiment_id])],
        "model": [model.description, tags_of(model.tags), {alias: str(of) for alias, of in model.aliases.items()}],
        "versions": [
            [str(version.version), version.current_stage, version.description, tags_of(version.tags), by_id.get(version.run_id)]
            for version in sorted(client.search_model_versions(f"name = '{names['model']}'"), key=lambda one: int(one.version))
        ],
    }


def run_of(client: MlflowClient, run: Any, by_id: dict[str, str]) -> dict[str, Any]:
    tags = tags_of(run.data.tags)
    if "mlflow.parentRunId" in tags:
        tags["mlflow.parentRunId"] = by_id[tags["mlflow.parentRunId"]]
    run_id = run.info.run_id
    histories = {
        key: [(point.step, point.timestamp, repr(on_wire(point.value))) for point in client.get_metric_history(run_id, key)]
        for key in run.data.metrics
    }
    return {
        "name": run.info.run_name,
        "info": [run.info.status, run.info.start_time, run.info.end_time, run.info.lifecycle_stage],
        "params": run.data.params,
        "tags": tags,
        "histories": {key: sorted(points) for key, points in histories.items()},
        "inputs": [
            [one.dataset.to_dictionary(), [(tag.key, tag.value) for tag in one.tags]]
            for one in run.inputs.dataset_inputs
        ],
        "files": files_of(client, run_id) if run.info.run_name in ("parent", "child", "small 0") else None,
    }


def on_wire(value: float) -> float:
    """Servers answer infinity with the largest float; a store without a server has infinity itself."""
    return math.copysign(sys.float_info.max, value) if math.isinf(value) else value


def files_of(client: MlflowClient, run_id: str, folder: str | None = None) -> dict[str, str]:
    found: dict[str, str] = {}
    for entry in client.list_artifacts(run_id, folder):
        if entry.is_dir:
            found |= files_of(client, run_id, entry.path)
        else:
            local = Path(client.download_artifacts(run_id, entry.path))
            found[entry.path] = hashlib.sha256(local.read_bytes()).hexdigest()
    return found


def logged_of(client: MlflowClient, model: Any, by_id: dict[str, str]) -> list[object]:
    from mlflow.artifacts import download_artifacts

    folder = Path(download_artifacts(artifact_uri=f"{model.artifact_location}", tracking_uri=client.tracking_uri))
    files = {str(one.relative_to(folder)): one.stat().st_size for one in folder.rglob("*") if one.is_file()}
    tags = {key: value for key, value in tags_of(model.tags).items() if not key.startswith("mlflow.")}
    return [model.name, str(model.status), model.model_type, tags, model.params, by_id.get(model.source_run_id), files]


def tags_of(tags: dict[str, str]) -> dict[str, str]:
    return {key: value for key, value in tags.items() if key not in OURS}


def first_difference(got: Any, want: Any, at: str = "") -> str:
    """Where two of `holds` differ, and how; empty when they are the same."""
    if got == want:
        return ""
    if isinstance(got, dict) and isinstance(want, dict) and got.keys() == want.keys():
        return next(filter(None, (first_difference(got[key], want[key], f"{at}/{key}") for key in want)), "")
    if isinstance(got, list) and isinstance(want, list) and len(got) == len(want):
        pairs = enumerate(zip(got, want, strict=True))
        return next(filter(None, (first_difference(*pair, f"{at}/{number}") for number, pair in pairs)), "")
    return f"{at}: wanted {str(want)[:400]}, got {str(got)[:400]}"
