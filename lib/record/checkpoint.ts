import { sign } from "node:crypto";
import { requireScope } from "#lib/auth/scopes.ts";
import { canonicalJson } from "#lib/platform/canonical-json.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { withTransaction } from "#lib/platform/db.ts";
import { type Anchor, appendAnchors } from "#lib/record/anchor-file.ts";
import type { SigningKey } from "#lib/record/signing-key.ts";
import { type HeadRow, insertCheckpoint, selectHeads, tryLock } from "#lib/record/store/chains.ts";

export interface CheckpointInput {
  key: SigningKey;
  /** The file outside the database. */
  anchors: string;
  /** Every chain that moved, however little and lately. */
  force?: boolean;
}

const EVERY_MS = 5 * 60_000;
const EVERY_EVENTS = 1_000;

/**
 * Signs the heads of the chains that moved by 1,000 events, or moved at all since 5 minutes ago. The anchor is on the disk
 * before its row is committed: what is anchored but not in the table is still true. One process at a time; another that asks
 * meanwhile does nothing.
 *
 * @returns the new anchors
 * @throws UnavailableError the file cannot be written: no row is written either
 */
export async function checkpoint(ctx: Ctx, input: CheckpointInput): Promise<Anchor[]> {
  requireScope(ctx, "instance");
  return withTransaction(ctx, async (tx) => {
    if (!(await tryLock(tx, "checkpoint"))) {
      return [];
    }
    const now = tx.clock.now();
    const due = (await selectHeads(tx, null)).filter((head) => isDue(head, now, input.force ?? false));
    const anchors = due.map(({ chain, seq, hash }) => signHead({ chain, seq, hash, at: now.toISOString() }, input.key));
    if (anchors.length > 0) {
      await appendAnchors(input.anchors, anchors);
    }
    for (const anchor of anchors) {
      await insertCheckpoint(tx, { ...anchor, signature: `${anchor.keyId}:${anchor.signature}` });
    }
    return anchors;
  });
}

function isDue(head: HeadRow, now: Date, isForced: boolean): boolean {
  const moved = head.seq - head.anchoredSeq;
  const age = now.getTime() - (head.anchoredAt?.getTime() ?? 0);
  return moved > 0 && (isForced || moved >= EVERY_EVENTS || age >= EVERY_MS);
}

function signHead(head: { chain: string; seq: number; hash: string; at: string }, key: SigningKey): Anchor {
  const text = `assay-checkpoint-v1\n${canonicalJson(head)}`;
  return { ...head, keyId: key.keyId, signature: sign(null, Buffer.from(text), key.privateKey).toString("base64") };
}
