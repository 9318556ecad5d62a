import { createHash } from "node:crypto";
import { mkdir, open, readFile, rename } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import type { TrainingState } from "#lib/engine/backends/backend.ts";
import { TrainingError } from "#lib/engine/child/protocol.ts";
import type { Network } from "#lib/engine/network.ts";
import { EpochReport } from "#lib/engine/schemas.ts";

const Header = z.object({
  version: z.literal(1),
  /** Names the run: spec, data and engine build. */
  identity: z.string(),
  step: z.int(),
  /** Every epoch so far, first to last. */
  epochs: z.array(EpochReport),
});

export interface Checkpoint {
  state: TrainingState;
  epochs: EpochReport[];
}

const MAGIC = Buffer.from("ASSAYCK1");
const DIGEST_BYTES = 32;

export function checkpointFile(workDir: string): string {
  return path.join(workDir, "checkpoint.bin");
}

/**
 * Replaces the checkpoint: temporary file, fsync, rename, fsync of the folder. A crash at any moment leaves the old one
 * or the new one.
 *
 * Layout: magic, header length (uint32), header (JSON), weights, first and second moments (float32, little-endian, in
 * the plan's order), SHA-256 of all before it.
 */
export async function writeCheckpoint(workDir: string, identity: string, checkpoint: Checkpoint): Promise<void> {
  const { state, epochs } = checkpoint;
  const header: z.infer<typeof Header> = { version: 1, identity, step: state.step, epochs };
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(json.length);
  const arrays = [...state.weights, ...state.firstMoments, ...state.secondMoments];
  const parts = [MAGIC, length, json, ...arrays.map((a) => Buffer.from(a.buffer, a.byteOffset, a.byteLength))];
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  parts.push(hash.digest());

  const file = checkpointFile(workDir);
  await mkdir(workDir, { recursive: true });
  const temporary = `${file}.tmp`;
  const handle = await open(temporary, "w");
  try {
    // Each part whole: a vectored write may end early without an error when the disk is full.
    for (const part of parts) await handle.writeFile(part);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temporary, file);
  const folder = await open(workDir, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/**
 * The last checkpoint of this run; undefined when there is none or it is damaged, since training from the start gives
 * the same run again.
 *
 * @throws TrainingError `checkpoint_invalid` when it belongs to another spec, data or engine build.
 */
export async function readCheckpoint(
  workDir: string,
  identity: string,
  network: Network,
): Promise<Checkpoint | undefined> {
  const bytes = await readFile(checkpointFile(workDir)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (!bytes || !isIntact(bytes)) return undefined;
  const start = MAGIC.length + 4;
  const headerLength = bytes.readUInt32LE(MAGIC.length);
  const header = Header.safeParse(JSON.parse(bytes.subarray(start, start + headerLength).toString()));
  if (!header.success) return undefined;
  if (header.data.identity !== identity) {
    const message = "the checkpoint belongs to another run: its spec, data or engine build differ";
    throw new TrainingError("checkpoint_invalid", message);
  }

  let offset = start + headerLength;
  const take = (): Float32Array[] =>
    network.params.map((param) => {
      const values = new Float32Array(param.size);
      bytes.copy(Buffer.from(values.buffer), 0, offset, offset + values.byteLength);
      offset += values.byteLength;
      return values;
    });
  const state = { step: header.data.step, weights: take(), firstMoments: take(), secondMoments: take() };
  return offset + DIGEST_BYTES === bytes.length ? { state, epochs: header.data.epochs } : undefined;
}

function isIntact(bytes: Buffer): boolean {
  if (bytes.length < MAGIC.length + 4 + DIGEST_BYTES || !bytes.subarray(0, MAGIC.length).equals(MAGIC)) return false;
  const content = bytes.subarray(0, bytes.length - DIGEST_BYTES);
  return createHash("sha256").update(content).digest().equals(bytes.subarray(content.length));
}
