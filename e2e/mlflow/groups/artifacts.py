"""Artifacts of runs, by the client's own calls."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import mlflow
import numpy as np
from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository

from check import answers, equal, same, true
from memory import peak_memory
from runner import Group
from world import World

artifacts = Group("artifacts")


def listed(w: World, run: str, path: str | None = None) -> list[tuple[str, bool, int | None]]:
    return [(one.path, one.is_dir, one.file_size) for one in w.client.list_artifacts(run, path)]


def read(w: World, run: str, path: str) -> bytes:
    return Path(w.client.download_artifacts(run, path, str(w.folder))).read_bytes()


@artifacts.step("log_text: what is written is read")
def _(w: World) -> None:
    run = w.run_id()
    w.client.log_text(run, "Grüße, 世界\n", "notes/hello.txt")
    equal(mlflow.artifacts.load_text(f"runs:/{run}/notes/hello.txt"), "Grüße, 世界\n")


@artifacts.step("log_dict: as JSON and as YAML")
def _(w: World) -> None:
    run = w.run_id()
    value = {"a": [1, 2.5, None], "b": {"c": "ünï"}}
    w.client.log_dict(run, value, "config.json")
    w.client.log_dict(run, value, "config.yaml")
    equal(mlflow.artifacts.load_dict(f"runs:/{run}/config.json"), value)
    true(b"a:" in read(w, run, "config.yaml"), "no YAML")


@artifacts.step("log_figure: a picture")
def _(w: World) -> None:
    import matplotlib.pyplot as plt

    run = w.run_id()
    figure, axes = plt.subplots(figsize=(2, 2))
    axes.plot([1, 2, 3])
    w.client.log_figure(run, figure, "plots/line.png")
    plt.close(figure)
    equal(read(w, run, "plots/line.png")[:8], b"\x89PNG\r\n\x1a\n")


@artifacts.step("log_image: an array as a picture")
def _(w: World) -> None:
    run = w.run_id()
    w.client.log_image(run, np.full((4, 6, 3), 200, dtype=np.uint8), "images/grey.png")
    image = mlflow.artifacts.load_image(f"runs:/{run}/images/grey.png")
    equal((image.size, image.getpixel((0, 0))), ((6, 4), (200, 200, 200)))


@artifacts.step("log_image with a key and steps keeps each, compressed beside")
def _(w: World) -> None:
    run = w.run_id()
    for step in (0, 1):
        w.client.log_image(run, np.zeros((4, 4, 3), dtype=np.uint8), key="seen", step=step)
    names = [path for path, _, _ in listed(w, run, "images")]
    equal(len(names), 4)
    true(all(name.startswith("images/seen") for name in names), f"names: {names}")


@artifacts.step("log_table: rows are added, and loaded")
def _(w: World) -> None:
    run = w.run_id()
    w.client.log_table(run, {"question": ["a", "b"], "score": [1, 2]}, "table.json")
    w.client.log_table(run, {"question": ["c"], "score": [3]}, "table.json")
    got = w.client.load_table(w.experiment, "table.json", [run])
    equal((list(got["question"]), list(got["score"])), (["a", "b", "c"], [1, 2, 3]))


@artifacts.step("log_artifact: a file, at the root and in a folder")
def _(w: World) -> None:
    run = w.run_id()
    path = w.file("data.bin", bytes(range(256)))
    w.client.log_artifact(run, path)
    w.client.log_artifact(run, path, "deep/er")
    equal((read(w, run, "data.bin"), read(w, run, "deep/er/data.bin")), (bytes(range(256)),) * 2)


@artifacts.step("a file that is logged again is replaced")
def _(w: World) -> None:
    run = w.run_id()
    w.client.log_text(run, "one", "a.txt")
    w.client.log_text(run, "three", "a.txt")
    equal(listed(w, run), [("a.txt", False, 5)])
    equal(read(w, run, "a.txt"), b"three")


@artifacts.step("log_artifacts: a whole folder, and it comes back whole")
def _(w: World) -> None:
    run = w.run_id()
    root = Path(w.file("one.txt", b"1")).parent
    for name in ("sub/two.txt", "sub/deeper/three.txt", "sub/deeper/four.bin"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(name.encode())
    w.client.log_artifacts(run, str(root), "tree")
    folder = Path(w.client.download_artifacts(run, "tree", str(w.folder)))
    got = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    want = {name: name.encode() for name in ("sub/two.txt", "sub/deeper/three.txt", "sub/deeper/four.bin")}
    equal(got, {"one.txt": b"1", **want})


@artifacts.step("a listing has one level: files with their sizes, folders without")
def _(w: World) -> None:
    run = w.run_id()
    for name in ("b.txt", "a/x.txt", "a/y/z.txt", "c/w.txt"):
        w.client.log_text(run, name, name)
    equal(listed(w, run), [("a", True, None), ("b.txt", False, 5), ("c", True, None)])
    equal(listed(w, run, "a"), [("a/x.txt", False, 7), ("a/y", True, None)])
    equal(listed(w, run, "a/y"), [("a/y/z.txt", False, 9)])


@artifacts.step("the wire's listing of a run says its root")
def _(w: World) -> None:
    run = w.run_id()
    w.client.log_text(run, "hello", "a/b.txt")
    reply = answers(w.wire.call("GET", "artifacts/list", {"run_id": run, "path": "a"}), 200).json
    equal(reply["root_uri"], f"mlflow-artifacts:/{w.experiment}/{run}/artifacts")
    equal(reply["files"], [{"path": "a/b.txt", "is_dir": False, "file_size": 5}])


@artifacts.step("the proxy's listing is relative to the folder that is asked for")
def _(w: World) -> None:
    run = w.run_id()
    w.client.log_text(run, "hello", "a/b.txt")
    query = {"path": f"{w.experiment}/{run}/artifacts/a"}
    reply = answers(w.wire.call("GET", "/api/2.0/mlflow-artifacts/artifacts", query), 200).json
    equal(reply["files"], [{"path": "b.txt", "is_dir": False, "file_size": 5}])


@artifacts.step("a file's listing is empty")
def _(w: World) -> None:
    run = w.run_id()
    w.client.log_text(run, "hello", "a/b.txt")
    equal(listed(w, run, "a/b.txt"), [])


@artifacts.step("the listing of a folder that is not there is empty, so is that of a fresh run")
def _(w: World) -> None:
    run = w.run_id()
    equal(listed(w, run), [])
    w.client.log_text(run, "hello", "a/b.txt")
    equal(listed(w, run, "none"), [])


@artifacts.step("what begins alike is not listed: a folder is not a prefix")
def _(w: World) -> None:
    run = w.run_id()
    w.client.log_text(run, "1", "model/a.txt")
    w.client.log_text(run, "2", "model-two/b.txt")
    equal(listed(w, run, "model"), [("model/a.txt", False, 1)])
    equal(listed(w, run, "mod"), [])


@artifacts.step("an empty file is a file")
def _(w: World) -> None:
    run = w.run_id()
    w.client.log_artifact(run, w.file("empty.bin", b""))
    [(path, is_dir, size)] = listed(w, run)
    equal((path, is_dir, size or 0), ("empty.bin", False, 0))
    equal(read(w, run, "empty.bin"), b"")


for name in (
    "with space.txt",
    "ünï-世界-🎉.txt",
    "a+b&c=d.txt",
    "50%.txt",
    "quote'and\"double.txt",
    "tilde~colon:at@.txt",
    "(round)[square]{curly}.txt",
    "comma,semicolonless.txt",
    "...dots.txt",
    ".hidden",
    "no-extension",
    "UPPER.TXT",
):

    def _name(w: World, name: str = name) -> None:
        run = w.run_id()
        content = name.encode()
        w.client.log_artifact(run, w.file(name, content), "odd")
        equal(listed(w, run, "odd"), [(f"odd/{name}", False, len(content))])
        equal(read(w, run, f"odd/{name}"), content)

    artifacts.add(f"{name!r} is a file's name", _name)


@artifacts.step("names that differ in case only are two files")
def _(w: World) -> None:
    run = w.run_id()
    w.client.log_text(run, "small", "Case/a.txt")
    w.client.log_text(run, "LARGE", "Case/A.txt")
    equal((read(w, run, "Case/a.txt"), read(w, run, "Case/A.txt")), (b"small", b"LARGE"))


@artifacts.step("a path that is 20 folders deep")
def _(w: World) -> None:
    run = w.run_id()
    path = "/".join(f"d{at}" for at in range(20))
    w.client.log_text(run, "deep", f"{path}/end.txt")
    equal(read(w, run, f"{path}/end.txt"), b"deep")


@artifacts.step("a file is deleted; another stays")
def _(w: World) -> None:
    run = w.run_id()
    w.client.log_text(run, "1", "keep.txt")
    w.client.log_text(run, "2", "drop.txt")
    get_artifact_repository(w.client.get_run(run).info.artifact_uri).delete_artifacts("drop.txt")
    equal(listed(w, run), [("keep.txt", False, 1)])


@artifacts.step("a folder is deleted with all below it")
def _(w: World) -> None:
    run = w.run_id()
    for name in ("a/1.txt", "a/b/2.txt", "ab/3.txt"):
        w.client.log_text(run, name, name)
    get_artifact_repository(w.client.get_run(run).info.artifact_uri).delete_artifacts("a")
    equal(listed(w, run), [("ab", True, None)])


@artifacts.step("a file that is not there is not found")
def _(w: World) -> None:
    run = w.run_id()
    path = f"/api/2.0/mlflow-artifacts/artifacts/{w.experiment}/{run}/artifacts/none.txt"
    answers(w.wire.call("GET", path), 404)


@artifacts.step("a download is sent as a file, never as a page")
def _(w: World) -> None:
    run = w.run_id()
    w.client.log_text(run, "<script>alert(1)</script>", "evil.html")
    path = f"/api/2.0/mlflow-artifacts/artifacts/{w.experiment}/{run}/artifacts/evil.html"
    reply = answers(w.wire.call("GET", path), 200)
    equal(reply.headers.get("x-content-type-options"), "nosniff")
    true(reply.headers.get("content-disposition", "").startswith("attachment"), str(reply.headers))


@artifacts.step("a big file goes up and comes down in a stream, every byte of it, and is not held in memory")
def _(w: World) -> None:
    memory = peak_memory(w.server_pid) if w.server_pid else 0
    size = (1_024 if w.is_full else 64) * 2**20
    path = w.folder / "big.bin"
    digest = hashlib.sha256()
    with path.open("wb") as file:
        for _ in range(size // 2**20):
            block = os.urandom(2**20)
            digest.update(block)
            file.write(block)
    run = w.run_id()
    w.client.log_artifact(run, str(path))
    path.unlink()
    equal(listed(w, run), [("big.bin", False, size)])
    got = Path(w.client.download_artifacts(run, "big.bin", str(w.folder)))
    with got.open("rb") as file:
        equal(hashlib.file_digest(file, "sha256").hexdigest(), digest.hexdigest())
    got.unlink()
    more = (peak_memory(w.server_pid) - memory if w.server_pid else 0) / 2**20
    true(more < 200, f"the server took {more:.0f} MB of memory for a file of {size / 2**20:.0f} MB")


@artifacts.step("a file above the client's limit for multipart goes up whole, in parts or not")
def _(w: World) -> None:
    settings = {
        "MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD": "true",
        "MLFLOW_MULTIPART_UPLOAD_MINIMUM_FILE_SIZE": str(5 * 2**20),
        "MLFLOW_MULTIPART_UPLOAD_CHUNK_SIZE": str(5 * 2**20),
    }
    content = os.urandom(12 * 2**20 + 321)
    run = w.run_id()
    os.environ.update(settings)
    try:
        w.client.log_artifact(run, w.file("parts.bin", content), "up")
    finally:
        for name in settings:
            del os.environ[name]
    equal(listed(w, run, "up"), [("up/parts.bin", False, len(content))])
    true(read(w, run, "up/parts.bin") == content, "other bytes")


@artifacts.step("200 small files are all listed")
def _(w: World) -> None:
    run = w.run_id()
    root = Path(w.file("f000.txt", b"0")).parent
    for at in range(1, 200):
        (root / f"f{at:03}.txt").write_bytes(str(at).encode())
    w.client.log_artifacts(run, str(root), "many")
    equal([path for path, _, _ in listed(w, run, "many")], [f"many/f{at:03}.txt" for at in range(200)])


@artifacts.step("artifacts of two runs are apart")
def _(w: World) -> None:
    first, second = w.run_id(), w.run_id()
    w.client.log_text(first, "1", "same.txt")
    w.client.log_text(second, "2", "same.txt")
    equal((read(w, first, "same.txt"), read(w, second, "same.txt")), (b"1", b"2"))


@artifacts.step("download of a whole run")
def _(w: World) -> None:
    run = w.run_id()
    for name in ("a.txt", "b/c.txt"):
        w.client.log_text(run, name, name)
    folder = Path(mlflow.artifacts.download_artifacts(run_id=run, artifact_path="", dst_path=str(w.folder / w.name())))
    same([str(path.relative_to(folder)) for path in folder.rglob("*.txt")], ["a.txt", "b/c.txt"])
