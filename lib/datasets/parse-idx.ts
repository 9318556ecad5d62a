import { createHash } from "node:crypto";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import type { IdxFile } from "#lib/datasets/mnist-facts.ts";
import { InvalidError } from "#lib/platform/errors.ts";

const inflate = promisify(gunzip);

/** Magic numbers: unsigned bytes, with one dimension (labels) or three (images). */
const MAGIC = { labels: 0x0000_0801, images: 0x0000_0803 } as const;
const SIDE = 28;
/** Nothing of MNIST is larger; a bomb stops here. */
const MOST_BYTES = 64 * 1024 * 1024;

/**
 * Reads an IDX file, compressed by gzip or not: checks magic, count, size, labels and digest.
 *
 * @param where how to call the file in an error: its path or address
 * @returns images as `count × 784` bytes, or labels as `count` bytes of 0..9: the file without its header
 * @throws InvalidError `dataset_damaged`, naming the file, what was expected and what was there
 */
export async function parseIdx(bytes: Uint8Array, file: IdxFile, where: string): Promise<Uint8Array> {
  const idx = await uncompress(bytes, where);
  const headerBytes = file.kind === "images" ? 16 : 8;
  if (idx.length < headerBytes) {
    throw damaged(where, `at least ${headerBytes} bytes of header`, `${idx.length} bytes`);
  }
  const magic = idx.readUInt32BE(0);
  if (magic !== MAGIC[file.kind]) {
    throw damaged(where, `magic number ${hex(MAGIC[file.kind])} of ${file.kind}`, hex(magic));
  }
  const count = idx.readUInt32BE(4);
  if (count !== file.count) {
    throw damaged(where, `${file.count} ${file.kind}`, `a header that says ${count}`);
  }
  if (file.kind === "images" && (idx.readUInt32BE(8) !== SIDE || idx.readUInt32BE(12) !== SIDE)) {
    throw damaged(where, `images of ${SIDE} × ${SIDE}`, `${idx.readUInt32BE(8)} × ${idx.readUInt32BE(12)}`);
  }
  const expectedBytes = headerBytes + count * (file.kind === "images" ? SIDE * SIDE : 1);
  if (idx.length !== expectedBytes) {
    throw damaged(where, `${expectedBytes} bytes uncompressed`, `${idx.length}: the file is cut off or has a tail`);
  }
  const digest = createHash("sha256").update(idx).digest("hex");
  if (digest !== file.sha256) {
    throw damaged(where, `SHA-256 ${file.sha256} (uncompressed)`, digest);
  }
  return idx.subarray(headerBytes);
}

async function uncompress(bytes: Uint8Array, where: string): Promise<Buffer> {
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
  if (!isGzip) {
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }
  try {
    return await inflate(bytes, { maxOutputLength: MOST_BYTES });
  } catch (cause) {
    throw damaged(where, "a whole gzip file", cause instanceof Error ? cause.message : "damage", cause);
  }
}

function hex(value: number): string {
  return `0x${value.toString(16).padStart(8, "0")}`;
}

function damaged(where: string, expected: string, got: string, cause?: unknown): InvalidError {
  return new InvalidError(`${where} is not the MNIST file it should be: expected ${expected}, got ${got}.`, {
    code: "dataset_damaged",
    details: [
      {
        field: where,
        problem: `expected ${expected}, got ${got}`,
        remedy: "Put the published file there, or take ASSAY_DATA_DIR away so that it is downloaded.",
      },
    ],
    cause,
  });
}
