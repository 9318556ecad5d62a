"""What every step has: the server, the genuine client, and things of its own to try."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import mlflow
from mlflow.entities import Run
from mlflow.tracking import MlflowClient, fluent

from wire import Wire

T = TypeVar("T")


class World:
    """`folder` is empty at first and gone afterwards. `is_full`: big files in their whole size. `server_pid`: where known."""

    def __init__(self, url: str, token: str | None, folder: Path, *, is_full: bool, server_pid: int | None) -> None:
        self.url = url
        self.token = token
        self.folder = folder
        self.is_full = is_full
        self.server_pid = server_pid
        self.wire = Wire(url, token)
        self.client = MlflowClient(url)
        self._tag = uuid.uuid4().hex[:8]
        self._count = 0
        self._group = ""
        self._experiment: str | None = None
        self._made: dict[str, object] = {}

    def enter(self, group: str) -> None:
        self._group = group
        self._experiment = None
        self._made = {}

    def leave(self) -> None:
        """What the client keeps of a step, an active run or experiment, must not be left to the next."""
        while mlflow.active_run() is not None:
            mlflow.end_run()
        os.environ.pop("MLFLOW_EXPERIMENT_ID", None)
        fluent._active_experiment_id = None

    @property
    def experiment(self) -> str:
        """The id of the group's experiment."""
        if self._experiment is None:
            self._experiment = self.client.create_experiment(self.name(self._group.replace(" ", "-")))
        return self._experiment

    def name(self, what: str = "thing") -> str:
        """A name that nothing else has, also not in an earlier run of the suite."""
        self._count += 1
        return f"{what}-{self._tag}-{self._count}"

    def run(self, **more: object) -> Run:
        return self.client.create_run(self.experiment, **more)  # type: ignore[arg-type]

    def run_id(self) -> str:
        return self.run().info.run_id

    def file(self, name: str, content: bytes) -> str:
        path = self.folder / uuid.uuid4().hex / name
        path.parent.mkdir(parents=True)
        path.write_bytes(content)
        return str(path)

    def once(self, name: str, make: Callable[[], T]) -> T:
        """What several steps of a group share, made by the first that needs it."""
        if name not in self._made:
            self._made[name] = make()
        return self._made[name]  # type: ignore[return-value]
