"""Assertions that say what was wanted and what came."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

from mlflow.exceptions import MlflowException

from wire import Reply


def equal(got: object, want: object, what: str = "") -> None:
    if got != want:
        raise AssertionError(f"{what + ': ' if what else ''}wanted {want!r}, got {got!r}"[:2_000])


def true(condition: object, what: str) -> None:
    if not condition:
        raise AssertionError(what)


def same(got: Iterable[Any], want: Iterable[Any], what: str = "") -> None:
    """The same things in any order, none twice."""
    equal(sorted(got), sorted(want), what)


def near(got: float, want: float, what: str = "") -> None:
    if not math.isclose(got, want, rel_tol=1e-9, abs_tol=1e-12):
        raise AssertionError(f"{what + ': ' if what else ''}wanted about {want!r}, got {got!r}")


def includes(text: str, part: str) -> None:
    if part not in text:
        raise AssertionError(f"wanted {part!r} in {text!r}")


def refuses(code: str, call: Callable[[], object], says: str = "") -> MlflowException:
    """The call must raise the client's exception with this error code, and `says` in its message."""
    try:
        result = call()
    except MlflowException as error:
        equal(error.error_code, code, f"error code of {str(error)!r}")
        if says.lower() not in str(error).lower():
            raise AssertionError(f"wanted {says!r} in the message {str(error)!r}") from error
        return error
    raise AssertionError(f"wanted {code}, but it was done: {result!r}"[:500])


def answers(reply: Reply, status: int, code: str | None = None) -> Reply:
    equal(reply.status, status, f"status of {reply.text[:300]!r}")
    if code is not None:
        equal(reply.json.get("error_code"), code, f"error_code of {reply.text[:300]!r}")
        true(isinstance(reply.json.get("message"), str), f"no message in {reply.text[:300]!r}")
    return reply


#: What no message to a client may hold: SQL, a path of the server, a stack.
LEAKS = ("select ", "insert into", "psycopg", "sqlalchemy", "traceback", ".py\"", "/node_modules/", ".ts:", ".js:", "/tmp/", "/root/")


def leaks_nothing(reply: Reply) -> Reply:
    found = [leak for leak in LEAKS if leak in reply.text.lower()]
    equal(found, [], f"leaks in {reply.text[:300]!r}")
    return reply
