import { createReadStream } from "node:fs";
import { mkdir, readdir, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import type { BlobRef } from "#lib/platform/blob-ref.ts";
import { InvalidError, NotFoundError } from "#lib/platform/errors.ts";
import { newId } from "#lib/platform/ids.ts";

/** A part as its sender names it: the digest is what {@link BlobUploads.putPart} returned. */
interface UploadPart {
  number: number;
  digest: string;
}

/** Blobs that come in parts, in any order and at once. What was acknowledged survives a restart. */
export interface BlobUploads {
  /** @param about kept with the upload, as JSON: whose it is, what becomes of it */
  create(about: object): Promise<string>;
  /** @throws NotFoundError no such upload */
  read(id: string): Promise<{ about: unknown; done: BlobRef | undefined }>;
  /** How many are open: neither complete nor aborted. */
  countOpen(): Promise<number>;
  /** The same number again takes the new bytes. */
  putPart(id: string, number: number, source: AsyncIterable<Uint8Array>): Promise<BlobRef>;
  /**
   * Makes one blob of the parts, in the order of their numbers. Again gives the same: a client that lost the answer asks
   * twice.
   *
   * @throws InvalidError a part is not there, or is another one by now
   */
  complete(id: string, parts: UploadPart[]): Promise<BlobRef>;
  abort(id: string): Promise<void>;
  /** Removes what nobody touched for a day. */
  sweep(now: Date): Promise<void>;
}

/** What an upload needs of the store: to put a stream, and to write a file that is there whole or not at all. */
interface Store {
  putStream(source: AsyncIterable<Uint8Array>): Promise<BlobRef>;
  /** Writes the stream to `target` as one rename; the name may depend on the digest. */
  writeFile(source: AsyncIterable<Uint8Array>, target: (digest: string) => string): Promise<BlobRef>;
}

const ABANDONED_MS = 24 * 60 * 60 * 1_000;
const ID = /^upl_[\w-]{22}$/;
const ABOUT = "about.json";
const DONE = "done.json";

/** Uploads as folders `<id>/` below `root`, with a file `<number>-<digest>` for each part. */
export function createDiskBlobUploads(root: string, store: Store): BlobUploads {
  const completing = new Map<string, Promise<BlobRef>>();
  const folderOf = (id: string) => {
    if (!ID.test(id)) throw noUpload();
    return join(root, id);
  };
  const readJson = async (path: string): Promise<unknown> => {
    const text = await readFile(path, "utf8").catch(() => undefined);
    return text === undefined ? undefined : JSON.parse(text);
  };
  const writeJson = async (folder: string, name: string, value: object) => {
    await store.writeFile(Readable.from([Buffer.from(JSON.stringify(value))]), () => join(folder, name));
  };
  const read: BlobUploads["read"] = async (id) => {
    const folder = folderOf(id);
    const about = await readJson(join(folder, ABOUT));
    if (about === undefined) throw noUpload();
    return { about, done: (await readJson(join(folder, DONE))) as BlobRef | undefined };
  };
  const partsOf = async (folder: string) => {
    const names = await readdir(folder).catch(() => []);
    return names.filter((name) => /^\d+-[0-9a-f]{64}$/.test(name));
  };
  const removeParts = async (folder: string, names: string[]) => {
    for (const name of names) await rm(join(folder, name), { force: true });
  };

  const assemble = async (id: string, parts: UploadPart[]): Promise<BlobRef> => {
    const folder = folderOf(id);
    const { done } = await read(id);
    if (done !== undefined) return done;
    const present = new Set(await partsOf(folder));
    const names = [...parts].sort((a, b) => a.number - b.number).map(({ number, digest }) => `${number}-${digest}`);
    const missing = names.findIndex((name) => !present.has(name));
    if (missing !== -1) throw partIsMissing(names[missing] ?? "");
    const blob = await store.putStream(concatenated(names.map((name) => join(folder, name))));
    await writeJson(folder, DONE, blob);
    await removeParts(folder, [...present]);
    return blob;
  };

  return {
    read,
    async create(about) {
      const id = newId("upl");
      const folder = folderOf(id);
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await writeJson(folder, ABOUT, about);
      return id;
    },
    async countOpen() {
      let open = 0;
      for (const id of await readdir(root).catch(() => [])) {
        const isDone = await stat(join(root, id, DONE)).then(
          () => true,
          () => false,
        );
        if (!isDone) open += 1;
      }
      return open;
    },
    async putPart(id, number, source) {
      const folder = folderOf(id);
      if ((await read(id)).done !== undefined) throw noUpload();
      const blob = await store.writeFile(source, (digest) => join(folder, `${number}-${digest}`));
      const kept = `${number}-${blob.digest}`;
      const older = (await partsOf(folder)).filter((name) => name.startsWith(`${number}-`) && name !== kept);
      await removeParts(folder, older);
      return blob;
    },
    async complete(id, parts) {
      const running = completing.get(id);
      if (running !== undefined) return running;
      const work = assemble(id, parts).finally(() => completing.delete(id));
      completing.set(id, work);
      return work;
    },
    async abort(id) {
      await rm(folderOf(id), { recursive: true, force: true });
    },
    async sweep(now) {
      for (const id of await readdir(root).catch(() => [])) {
        const found = await stat(join(root, id)).catch(() => undefined);
        if (ID.test(id) && found !== undefined && now.getTime() - found.mtimeMs > ABANDONED_MS) {
          await rm(join(root, id), { recursive: true, force: true });
        }
      }
    },
  };
}

async function* concatenated(paths: string[]): AsyncGenerator<Buffer> {
  for (const path of paths) {
    yield* createReadStream(path, { highWaterMark: 2 ** 20 });
  }
}

function noUpload(): NotFoundError {
  return new NotFoundError("The upload", { code: "no_such_upload" });
}

function partIsMissing(name: string): InvalidError {
  const number = name.split("-")[0] ?? "";
  return new InvalidError(`Part ${number} of the upload is not there, or is another one by now.`, {
    code: "upload_incomplete",
    details: [{ field: "parts", problem: `part ${number} is not there`, remedy: "Send that part, then complete." }],
  });
}
