"""The wire itself: HTTP without a client's niceties. Paths are sent as they are given, dots and all."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit


@dataclass(frozen=True)
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    @property
    def json(self) -> dict[str, Any]:
        try:
            value = json.loads(self.body)
        except ValueError as error:
            raise AssertionError(f"{self.status} with no JSON: {self.text[:300]!r}") from error
        if not isinstance(value, dict):
            raise AssertionError(f"{self.status} with no JSON object: {self.text[:300]!r}")
        return value


class Wire:
    """One server, one key. A connection a call."""

    def __init__(self, url: str, token: str | None) -> None:
        parts = urlsplit(url)
        self.host, self.port = parts.hostname or "", parts.port or 80
        self.token = token

    def send(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> Reply:
        """Sends these bytes to this path; `headers` may replace `Host` and `Authorization`."""
        sent = {"Host": f"{self.host}:{self.port}"}
        if self.token is not None:
            sent["Authorization"] = f"Bearer {self.token}"
        sent.update(headers or {})
        connection = http.client.HTTPConnection(self.host, self.port, timeout=120)
        # What a path may not hold is what is tried here.
        connection._validate_path = lambda url: None  # type: ignore[attr-defined]
        try:
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            for name, value in sent.items():
                connection.putheader(name, value)
            if body is not None:
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            response = connection.getresponse()
            found = {name.lower(): value for name, value in response.getheaders()}
            return Reply(response.status, found, response.read())
        finally:
            connection.close()

    def call(self, method: str, path: str, body: object = None, headers: dict[str, str] | None = None) -> Reply:
        """A call of the protocol: JSON in the body, or with GET in the query."""
        base = "" if path.startswith("/") else "/api/2.0/mlflow/"
        if method == "GET":
            query = f"?{urlencode(body, doseq=True)}" if isinstance(body, dict) and body else ""
            return self.send("GET", base + path + query, headers=headers)
        data = b"" if body is None else json.dumps(body).encode()
        return self.send(method, base + path, data, {"Content-Type": "application/json", **(headers or {})})

    def with_token(self, token: str | None) -> Wire:
        other = Wire(f"http://{self.host}:{self.port}", token)
        return other
