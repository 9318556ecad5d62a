"""A tiny runner: named steps in groups. One step that fails does not stop the others."""

from __future__ import annotations

import contextlib
import io
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field

from world import World

Step = Callable[[World], None]


class Skip(Exception):
    """Raised by a step that has nothing to try here; its text says why."""


@dataclass
class Group:
    """Steps about one thing, on one fresh experiment."""

    name: str
    #: Left out against the reference: what we do beyond MLflow.
    is_extension: bool = False
    steps: list[tuple[str, Step]] = field(default_factory=list)

    def step(self, name: str) -> Callable[[Step], Step]:
        if any(name == taken for taken, _ in self.steps):
            raise ValueError(f"{self.name} has two steps named {name!r}")

        def add(function: Step) -> Step:
            self.steps.append((name, function))
            return function

        return add

    def add(self, name: str, function: Step) -> None:
        self.step(name)(function)


@dataclass
class Tally:
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    #: What failed or was skipped, by name.
    names: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)


def run_groups(groups: list[Group], world: World, only: str, verbose: bool) -> Tally:
    """Runs what matches `only` (a part of "group · step", in any case); prints a line a step."""
    tally = Tally()
    number = 0
    for group in groups:
        world.enter(group.name)
        for name, function in group.steps:
            label = f"{group.name} · {name}"
            number += 1
            if only.lower() not in label.lower():
                continue
            started = time.perf_counter()
            try:
                # Words of the client's: what counts is what the step asserts.
                with contextlib.redirect_stderr(io.StringIO()), contextlib.redirect_stdout(io.StringIO()):
                    function(world)
            except Skip as skip:
                tally.skipped += 1
                tally.names.append(f"skipped: mlflow › {label}")
                print(f"skip {number} {label} ({skip})", flush=True)
                continue
            except Exception as error:
                tally.failed += 1
                tally.names.append(f"failed: mlflow › {label}")
                tally.failures.append(f"{number} {label}: {reason_of(error)}")
                print(f"FAIL {number} {label}\n       {reason_of(error)}", flush=True)
                if verbose:
                    traceback.print_exc()
                continue
            finally:
                world.leave()
            tally.passed += 1
            seconds = time.perf_counter() - started
            print(f"ok {number} {label}" + (f"  ({seconds:.1f} s)" if seconds >= 2 else ""), flush=True)
    return tally


def reason_of(error: Exception) -> str:
    text = str(error).strip() or "no message"
    name = "" if isinstance(error, AssertionError) else f"{type(error).__name__}: "
    return name + text.replace("\n", "\n       ")[:1_200]
