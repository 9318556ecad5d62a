import { createHash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import type { BlobRef } from "#lib/platform/blob-ref.ts";

/** Written at once: what comes in small pieces is gathered. */
const WRITE_BYTES = 2 ** 20;
/** Pieces may be as small as a byte; Linux takes 1,024 in one call. */
const WRITE_PIECES = 1_024;
/** Handed to the disk while more comes in, so that the end need not wait for all of it. */
const SYNC_BYTES = 32 * 2 ** 20;

/**
 * Writes a stream to a new file, which is on the disk when this resolves, and tells what it wrote. At most 2 MB are held in
 * memory: while a piece is written the next is gathered and hashed.
 *
 * @throws what the source throws, and errors of the disk; the file then holds a part
 */
export async function writeStream(path: string, source: AsyncIterable<Uint8Array>): Promise<BlobRef> {
  const file = await open(path, "wx", 0o600);
  const hash = createHash("sha256");
  let sizeBytes = 0;
  let gathered: Uint8Array[] = [];
  let gatheredBytes = 0;
  let unsynced = 0;
  const onDisk = createLane();
  const synced = createLane();
  const write = async () => {
    const pieces = gathered;
    const at = sizeBytes - gatheredBytes;
    unsynced += gatheredBytes;
    gathered = [];
    gatheredBytes = 0;
    await onDisk.free();
    onDisk.start(() => writeAll(file, pieces, at));
    if (unsynced >= SYNC_BYTES) {
      unsynced = 0;
      await synced.free();
      synced.start(() => file.datasync());
    }
  };
  try {
    for await (const piece of source) {
      hash.update(piece);
      gathered.push(piece);
      gatheredBytes += piece.byteLength;
      sizeBytes += piece.byteLength;
      if (gatheredBytes >= WRITE_BYTES || gathered.length >= WRITE_PIECES) await write();
    }
    if (gathered.length > 0) await write();
    await onDisk.free();
    await synced.free();
    await file.sync();
  } finally {
    await onDisk.settled();
    await synced.settled();
    await file.close();
  }
  return { digest: hash.digest("hex"), sizeBytes };
}

/** One piece of work at a time beside what else goes on. Its error waits until somebody asks. */
function createLane() {
  let work: Promise<void> = Promise.resolve();
  return {
    start(next: () => Promise<void>) {
      work = next();
      work.catch(() => undefined);
    },
    /** @throws what the work threw */
    free: () => work,
    settled: () => work.catch(() => undefined),
  };
}

/** A full disk takes a part and says nothing; asked again for the rest, it throws. */
async function writeAll(file: FileHandle, pieces: Uint8Array[], at: number): Promise<void> {
  const size = pieces.reduce((sum, { byteLength }) => sum + byteLength, 0);
  let { bytesWritten: done } = await file.writev(pieces, at);
  const whole = done < size ? Buffer.concat(pieces) : undefined;
  while (whole !== undefined && done < size) {
    done += (await file.write(whole, done, size - done, at + done)).bytesWritten;
  }
}
