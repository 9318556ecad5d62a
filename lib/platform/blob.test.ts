import { createHash, randomBytes } from "node:crypto";
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type BlobStore, createDiskBlobStore } from "#lib/platform/blob.ts";

let root: string;
let blobs: BlobStore;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "assay-blobs-"));
  blobs = createDiskBlobStore(root);
});
afterAll(() => rm(root, { recursive: true, force: true }));

const HELLO = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

test("the key is the SHA-256 of the bytes, however they came", async () => {
  expect(await blobs.put(Buffer.from("hello"))).toEqual({ digest: HELLO, sizeBytes: 5 });
  expect(await blobs.putStream(Readable.from([Buffer.from("hel"), Buffer.from("lo")]))).toEqual({
    digest: HELLO,
    sizeBytes: 5,
  });
  expect((await blobs.get(HELLO)).toString()).toBe("hello");
  expect(await blobs.has(HELLO)).toBe(true);
});

test("a long stream is one blob, in whatever pieces it comes", async () => {
  const bytes = randomBytes(35_000_000);
  async function* pieces(sizes: number[]) {
    let at = 0;
    for (let turn = 0; at < bytes.length; turn += 1) {
      const size = sizes[turn % sizes.length] ?? 0;
      yield bytes.subarray(at, at + size);
      at += size;
    }
  }
  // More pieces than one write takes, a piece larger than a write, and none at all.
  const sizes = [...Array<number>(3_000).fill(7), 2_500_000, 0, 65_536];
  const digest = createHash("sha256").update(bytes).digest("hex");
  expect(await blobs.putStream(pieces(sizes))).toEqual({ digest, sizeBytes: bytes.length });
  expect((await blobs.get(digest)).equals(bytes)).toBe(true);
  const nothing = createHash("sha256").digest("hex");
  expect(await blobs.putStream(pieces([bytes.length]))).toEqual({ digest, sizeBytes: bytes.length });
  expect(await blobs.putStream(Readable.from([]))).toEqual({ digest: nothing, sizeBytes: 0 });
});

test("streams a range", async () => {
  await blobs.put(Buffer.from("hello"));
  const chunks: Buffer[] = [];
  for await (const chunk of await blobs.stream(HELLO, { start: 1, end: 3 })) chunks.push(chunk);
  expect(Buffer.concat(chunks).toString()).toBe("ell");
});

test("a source that breaks off leaves nothing", async () => {
  const broken = Readable.from(
    (async function* () {
      yield Buffer.from("half");
      throw new Error("connection lost");
    })(),
  );
  await expect(blobs.putStream(broken)).rejects.toThrow("connection lost");
  expect(await readdir(join(root, "tmp"))).toEqual([]);
});

test("a name that is no digest finds nothing, also where a file stands", async () => {
  await mkdir(join(root, "..", "outside"), { recursive: true });
  await writeFile(join(root, "..", "outside", "secret"), "x");
  for (const name of ["../outside/secret", "", "..", HELLO.toUpperCase(), `${HELLO}/..`, "%2e%2e"]) {
    await expect(blobs.get(name)).rejects.toMatchObject({ kind: "not_found" });
    await expect(blobs.stream(name)).rejects.toMatchObject({ kind: "not_found" });
  }
  await rm(join(root, "..", "outside"), { recursive: true });
});

test("says that the disk works, and leaves no trace", async () => {
  await blobs.check();
  expect(await readdir(join(root, "tmp"))).toEqual([]);
  await expect(createDiskBlobStore("/dev/null/blobs").check()).rejects.toThrow();
});

test("what a killed writer left is swept after a day, not before", async () => {
  const orphan = join(root, "tmp", "orphan");
  await writeFile(orphan, "half");
  await blobs.sweep(new Date());
  expect(await readdir(join(root, "tmp"))).toEqual(["orphan"]);
  await utimes(orphan, new Date(0), new Date(0));
  await blobs.sweep(new Date());
  expect(await readdir(join(root, "tmp"))).toEqual([]);
});

test("a blob in parts survives a restart, takes a part again, and is swept when nobody goes on with it", async () => {
  const id = await blobs.uploads.create({ whose: "mine" });
  const stream = (text: string) => Readable.from([Buffer.from(text)]);
  await blobs.uploads.putPart(id, 2, stream("lo"));
  const wrong = await blobs.uploads.putPart(id, 1, stream("xxx"));
  const right = await blobs.uploads.putPart(id, 1, stream("hel"));
  const { uploads } = createDiskBlobStore(root);
  expect((await uploads.read(id)).about).toEqual({ whose: "mine" });
  const second = { number: 2, digest: (await uploads.putPart(id, 2, stream("lo"))).digest };
  const complete = (digest: string) => uploads.complete(id, [second, { number: 1, digest }]);
  await expect(complete(wrong.digest)).rejects.toMatchObject({ code: "upload_incomplete" });
  expect(await complete(right.digest)).toEqual({ digest: HELLO, sizeBytes: 5 });
  await expect(uploads.putPart(id, 1, stream("late"))).rejects.toMatchObject({ kind: "not_found" });

  const left = await uploads.create({});
  expect(await uploads.countOpen()).toBe(1);
  await blobs.sweep(new Date());
  expect(await uploads.countOpen()).toBe(1);
  await blobs.sweep(new Date(Date.now() + 25 * 60 * 60 * 1_000));
  for (const gone of [id, left, "../tmp", "upl_x", ""]) {
    await expect(uploads.read(gone)).rejects.toMatchObject({ kind: "not_found" });
  }
});

test("a part that breaks off is not there, and giving an upload up leaves nothing", async () => {
  const id = await blobs.uploads.create({});
  const broken = Readable.from(
    (async function* () {
      yield Buffer.from("half");
      throw new Error("connection lost");
    })(),
  );
  await expect(blobs.uploads.putPart(id, 1, broken)).rejects.toThrow("connection lost");
  expect(await readdir(join(root, "uploads", id))).toEqual(["about.json"]);
  await blobs.uploads.abort(id);
  await expect(blobs.uploads.putPart(id, 1, Readable.from([Buffer.from("x")]))).rejects.toThrow("not found");
  expect(await readdir(join(root, "uploads"))).not.toContain(id);
  expect(await readdir(join(root, "tmp"))).toEqual([]);
});
