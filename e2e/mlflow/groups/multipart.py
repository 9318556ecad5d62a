"""Uploads in parts, by the wire. The reference keeps its files on a disk and offers none, so this is ours alone.

The address names the folder; the file's name is the last part of `path` in the body, which is the client's own path.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from check import answers, equal, leaks_nothing, true
from runner import Group
from wire import Reply
from world import World

multipart = Group("extensions · multipart", is_extension=True)
MPU = "/api/2.0/mlflow-artifacts/mpu"


@dataclass(frozen=True)
class Upload:
    """One that was begun. `credentials`: number, address and headers of each part."""

    w: World
    folder: str
    name: str
    id: str
    credentials: list[dict[str, Any]]

    def put(self, part: int, content: bytes) -> Reply:
        """As the client does it: to the address it was given, with the headers it was given and no others."""
        credential = self.credentials[part - 1]
        url = urlsplit(credential["url"])
        where = url.path + (f"?{url.query}" if url.query else "")
        return self.w.wire.with_token(None).send("PUT", where, content, credential.get("headers") or {})

    def complete(self, tags: list[str]) -> Reply:
        parts = [
            {"part_number": one["part_number"], "etag": tag, "url": one["url"]}
            for one, tag in zip(self.credentials, tags)
        ]
        return self.call("complete", self.folder, {"upload_id": self.id, "parts": parts})

    def abort(self) -> Reply:
        return self.call("abort", self.folder, {"upload_id": self.id})

    def call(self, verb: str, folder: str, body: dict[str, object]) -> Reply:
        return self.w.wire.call("POST", f"{MPU}/{verb}/{folder}", {"path": f"/home/me/{self.name}", **body})

    def content(self) -> Reply:
        return self.w.wire.call("GET", f"/api/2.0/mlflow-artifacts/artifacts/{self.folder}/{self.name}")


def folder_of(w: World) -> str:
    return f"{w.experiment}/{w.run_id()}/artifacts"


def begin(w: World, parts: int) -> Upload:
    folder = f"{folder_of(w)}/up"
    made = answers(w.wire.call("POST", f"{MPU}/create/{folder}", {"path": "/home/me/big.bin", "num_parts": parts}), 200).json
    return Upload(w, folder, "big.bin", made["upload_id"], made["credentials"])


@multipart.step("server-info offers it")
def _(w: World) -> None:
    equal(answers(w.wire.call("GET", "/api/3.0/mlflow/server-info"), 200).json["multipart_uploads_enabled"], True)


@multipart.step("three parts, sent out of order, are one file")
def _(w: World) -> None:
    parts = [os.urandom(5 * 2**20), os.urandom(5 * 2**20), os.urandom(77)]
    upload = begin(w, 3)
    equal([one["part_number"] for one in upload.credentials], [1, 2, 3])
    tags = [""] * 3
    for at in (2, 0, 1):
        tags[at] = answers(upload.put(at + 1, parts[at]), 200).headers["etag"]
    answers(upload.complete(tags), 200)
    true(answers(upload.content(), 200).body == b"".join(parts), "other bytes")


@multipart.step("at the root of a run, too")
def _(w: World) -> None:
    run = w.run_id()
    folder = f"{w.experiment}/{run}/artifacts"
    made = answers(w.wire.call("POST", f"{MPU}/create/{folder}", {"path": "/x/top.bin", "num_parts": 1}), 200).json
    upload = Upload(w, folder, "top.bin", made["upload_id"], made["credentials"])
    answers(upload.complete([answers(upload.put(1, b"top"), 200).headers["etag"]]), 200)
    equal([(one.path, one.file_size) for one in w.client.list_artifacts(run)], [("top.bin", 3)])


@multipart.step("the path of a client on Windows: its last part is the name")
def _(w: World) -> None:
    folder = f"{folder_of(w)}/up"
    where = {"path": "C:\\Users\\..\\me\\model.bin"}
    made = answers(w.wire.call("POST", f"{MPU}/create/{folder}", {**where, "num_parts": 1}), 200).json
    upload = Upload(w, folder, "model.bin", made["upload_id"], made["credentials"])
    tag = answers(upload.put(1, b"weights"), 200).headers["etag"]
    parts = [{"part_number": 1, "etag": tag, "url": upload.credentials[0]["url"]}]
    body = {**where, "upload_id": upload.id, "parts": parts}
    answers(w.wire.call("POST", f"{MPU}/complete/{folder}", body), 200)
    equal(answers(upload.content(), 200).body, b"weights")


@multipart.step("until it is complete nothing is there; after it is aborted neither")
def _(w: World) -> None:
    upload = begin(w, 1)
    tag = answers(upload.put(1, b"part"), 200).headers["etag"]
    equal(upload.content().status, 404)
    answers(upload.abort(), 200)
    equal(upload.content().status, 404)
    true(upload.put(1, b"part").status >= 400, "a part was taken after the abort")
    true(upload.complete([tag]).status >= 400, "it was completed after the abort")


@multipart.step("a part that is sent again replaces the first")
def _(w: World) -> None:
    upload = begin(w, 1)
    answers(upload.put(1, b"first"), 200)
    tag = answers(upload.put(1, b"second"), 200).headers["etag"]
    answers(upload.complete([tag]), 200)
    equal(answers(upload.content(), 200).body, b"second")


@multipart.step("a part that is missing, or another than was sent, is refused")
def _(w: World) -> None:
    upload = begin(w, 2)
    tag = answers(upload.put(1, b"one"), 200).headers["etag"]
    true(400 <= upload.complete([tag, tag]).status < 500, "a part is missing")
    answers(upload.put(2, b"two"), 200)
    true(400 <= upload.complete([tag, '"wrong"']).status < 500, "another etag")
    equal(upload.content().status, 404)


@multipart.step("completing twice changes nothing")
def _(w: World) -> None:
    upload = begin(w, 1)
    tag = answers(upload.put(1, b"once"), 200).headers["etag"]
    answers(upload.complete([tag]), 200)
    true(upload.complete([tag]).status in (200, 400, 404), "the second time")
    equal(answers(upload.content(), 200).body, b"once")


@multipart.step("an upload is of its own folder: it completes nothing elsewhere")
def _(w: World) -> None:
    upload, other = begin(w, 1), begin(w, 1)
    tag = answers(upload.put(1, b"mine"), 200).headers["etag"]
    parts = [{"part_number": 1, "etag": tag, "url": upload.credentials[0]["url"]}]
    reply = upload.call("complete", other.folder, {"upload_id": upload.id, "parts": parts})
    true(400 <= reply.status < 500, f"status {reply.status}")
    equal(other.content().status, 404)


@multipart.step("an upload that nobody began is refused")
def _(w: World) -> None:
    folder = begin(w, 1).folder
    for upload in ("", "nothing", "../../x", "0" * 64):
        body = {"path": "big.bin", "upload_id": upload, "parts": []}
        for verb in ("complete", "abort"):
            reply = leaks_nothing(w.wire.call("POST", f"{MPU}/{verb}/{folder}", body))
            true(400 <= reply.status < 500, f"{verb} {upload!r}: {reply.status}")


@multipart.step("a number of parts that is none is refused")
def _(w: World) -> None:
    folder = folder_of(w)
    for count in (0, -1, 10_001, "x"):
        reply = w.wire.call("POST", f"{MPU}/create/{folder}", {"path": "big.bin", "num_parts": count})
        equal(leaks_nothing(reply).status, 400, str(count))


@multipart.step("parts go with the address alone: it cannot be guessed, and leads to that part only")
def _(w: World) -> None:
    upload = begin(w, 1)
    url = urlsplit(upload.credentials[0]["url"])
    true(len(url.path + url.query) > 60, "a short address")
    where = url.path + (f"?{url.query}" if url.query else "")
    nobody = w.wire.with_token(None)
    for other in (where[:-1], where[:-4] + "AAAA", where + "0"):
        true(400 <= nobody.send("PUT", other, b"x").status < 500, f"taken at {other}")
    true(400 <= nobody.send("GET", where).status < 500, "parts are read")


for trick in ("../x", "%2e%2e/x", "..%2fx", "%252e%252e%252fx", "..%5cx", "%2fetc%2fx", "a%00b", "a//b", "a/./b", "C:%5cx", "%5c%5c%3f%5cx"):

    def _trick(w: World, trick: str = trick) -> None:
        base = w.once("works", lambda: begin(w, 1)).folder
        for verb in ("create", "complete", "abort"):
            body = {"path": "x", "num_parts": 1, "upload_id": "u", "parts": []}
            reply = leaks_nothing(w.wire.call("POST", f"{MPU}/{verb}/{base}/{trick}", body))
            true(400 <= reply.status < 500, f"{verb}: {reply.status}")

    multipart.add(f"a folder that is a trick: {trick}", _trick)

for name in ("..", "/home/me/..", ".", "", "a/", "a\x00b", "x;y#z/..", "%2e%2e"):

    def _name(w: World, name: str = name) -> None:
        folder = w.once("works", lambda: begin(w, 1)).folder
        reply = leaks_nothing(w.wire.call("POST", f"{MPU}/create/{folder}", {"path": name, "num_parts": 1}))
        true(400 <= reply.status < 500, f"status {reply.status}: {reply.text[:200]}")

    multipart.add(f"a name that is a trick: {name!r}", _name)
