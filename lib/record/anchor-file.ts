import { mkdir, open } from "node:fs/promises";
import { dirname, join } from "node:path";
import { UnavailableError } from "#lib/platform/errors.ts";

/** A signed statement that a chain stood at (seq, hash) at that time. */
export interface Anchor {
  chain: string;
  seq: number;
  hash: string;
  at: string;
  keyId: string;
  /** Ed25519, base64, over the text of `checkpointText`. */
  signature: string;
}

/** The file outside the database. */
export function anchorFile(env: { ASSAY_AUDIT_ANCHOR?: string | undefined; ASSAY_HOME: string }): string {
  return env.ASSAY_AUDIT_ANCHOR ?? join(env.ASSAY_HOME, "audit", "anchors.jsonl");
}

/**
 * Appends anchors, a line each, and returns once they are on the disk.
 *
 * @throws UnavailableError it cannot be written
 */
export async function appendAnchors(file: string, anchors: readonly Anchor[]): Promise<void> {
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    const handle = await open(file, "a", 0o600);
    try {
      await handle.write(anchors.map((anchor) => `${JSON.stringify(anchor)}\n`).join(""));
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (cause) {
    throw new UnavailableError(`The anchors of the audit log cannot be written to ${file}.`, {
      code: "anchor_unwritable",
      cause,
    });
  }
}
