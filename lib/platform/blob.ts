import { createHash, randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, lstat, mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Readable } from "node:stream";
import type { BlobRef } from "#lib/platform/blob-ref.ts";
import { type BlobUploads, createDiskBlobUploads } from "#lib/platform/blob-uploads.ts";
import { NotFoundError, UnavailableError } from "#lib/platform/errors.ts";
import { writeStream } from "#lib/platform/write-stream.ts";

/** Both ends are inside, counted from 0. */
export interface ByteRange {
  start: number;
  end: number;
}

/** Content-addressed storage. Putting the same bytes twice is one blob. S3 joins behind this interface. */
export interface BlobStore {
  put(bytes: Uint8Array): Promise<BlobRef>;
  /** Nothing is left of a source that breaks off. */
  putStream(source: AsyncIterable<Uint8Array>): Promise<BlobRef>;
  /** @throws NotFoundError no such blob */
  get(digest: string): Promise<Buffer>;
  stream(digest: string, range?: ByteRange): Promise<Readable>;
  has(digest: string): Promise<boolean>;
  /** Writes a byte and takes it away again, so that a full or lost disk shows. */
  check(): Promise<void>;
  /** Blobs that come in parts. */
  readonly uploads: BlobUploads;
  /** Removes what writers that were killed left half-written more than a day ago, and uploads that nobody went on with. */
  sweep(now: Date): Promise<void>;
}

/** Read at once: larger than Node's 64 kB, so that big files cost fewer turns of the loop. */
const READ_BYTES = 2 ** 20;
const ABANDONED_MS = 24 * 60 * 60 * 1_000;

const DIGEST = /^[0-9a-f]{64}$/;

/** Blobs as files `ab/cdef…` below `root`. A blob appears whole or not at all: temporary file, fsync, rename. */
export function createDiskBlobStore(root: string): BlobStore {
  const pathOf = (digest: string) => {
    if (!DIGEST.test(digest)) {
      throw new NotFoundError("The blob");
    }
    return join(root, digest.slice(0, 2), digest.slice(2));
  };
  const temporary = async () => {
    await mkdir(join(root, "tmp"), { recursive: true });
    return join(root, "tmp", randomBytes(12).toString("hex"));
  };
  const keep = async (path: string, digest: string) => {
    const target = pathOf(digest);
    const made = await mkdir(dirname(target), { recursive: true });
    await rename(path, target);
    await syncFolder(dirname(target));
    if (made !== undefined) await syncFolder(dirname(made));
  };
  const exists = (digest: string) =>
    lstat(pathOf(digest)).then(
      (found) => found.isFile(),
      () => false,
    );
  /** Streams into a temporary file, then has it kept under its digest; nothing is left of a source that breaks off. */
  const write = async (
    source: AsyncIterable<Uint8Array>,
    keepAs: (path: string, digest: string) => Promise<void>,
  ): Promise<BlobRef> => {
    const path = await temporary();
    try {
      const blob = await writeStream(path, source);
      await keepAs(path, blob.digest);
      return blob;
    } catch (error) {
      await rm(path, { force: true });
      throw diskError(error);
    }
  };
  const uploads = createDiskBlobUploads(join(root, "uploads"), {
    putStream: (source) => write(source, keep),
    writeFile: (source, target) =>
      write(source, async (path, digest) => {
        await rename(path, target(digest)).catch(missing);
        await syncFolder(dirname(target(digest)));
      }),
  });
  // A link that somebody put into the folder does not lead out of it.
  const openBlob = (digest: string): Promise<FileHandle> =>
    open(pathOf(digest), constants.O_RDONLY | constants.O_NOFOLLOW).catch(missing);

  return {
    async put(bytes) {
      const digest = createHash("sha256").update(bytes).digest("hex");
      if (await exists(digest)) {
        return { digest, sizeBytes: bytes.byteLength };
      }
      const path = await temporary();
      try {
        const file = await open(path, "wx", 0o600);
        try {
          await file.writeFile(bytes);
          await file.sync();
        } finally {
          await file.close();
        }
        await keep(path, digest);
      } catch (error) {
        await rm(path, { force: true });
        throw diskError(error);
      }
      return { digest, sizeBytes: bytes.byteLength };
    },

    putStream: (source) => write(source, keep),

    uploads,

    async get(digest) {
      const file = await openBlob(digest);
      try {
        return await file.readFile();
      } finally {
        await file.close();
      }
    },

    async stream(digest, range) {
      return (await openBlob(digest)).createReadStream({ ...range, highWaterMark: READ_BYTES });
    },

    has: exists,

    async check() {
      const path = await temporary();
      const file = await open(path, "wx", 0o600);
      try {
        await file.write("x");
        await file.sync();
      } finally {
        await file.close();
        await rm(path, { force: true });
      }
    },

    async sweep(now) {
      await uploads.sweep(now);
      const folder = join(root, "tmp");
      const names = await readdir(folder).catch(() => []);
      for (const name of names) {
        const found = await stat(join(folder, name)).catch(() => undefined);
        if (found !== undefined && now.getTime() - found.mtimeMs > ABANDONED_MS) {
          await rm(join(folder, name), { force: true });
        }
      }
    },
  };
}

/** A rename is durable only once its folder is. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}

function missing(error: unknown): never {
  if (codeOf(error) === "ENOENT" || codeOf(error) === "ELOOP") {
    throw new NotFoundError("The blob", { cause: error });
  }
  throw error;
}

function diskError(error: unknown): unknown {
  const code = codeOf(error);
  return code === "ENOSPC" || code === "EDQUOT"
    ? new UnavailableError("The disk that holds ASSAY_HOME is full. Free some space and try again.", {
        code: "disk_full",
        cause: error,
      })
    : error;
}
