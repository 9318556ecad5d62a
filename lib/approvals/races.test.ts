import { expect } from "vitest";
import { checkConsistency } from "#lib/approvals/check-consistency.ts";
import { makeLanes, raceExecution, raceReviews } from "#lib/approvals/testing/race.ts";
import { auditHash } from "#lib/platform/audit.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { pgTest } from "#lib/testing/pg.ts";

/** `npm run soak:races` runs 10,000. */
const RACES = 200;
const LANES = 4;

async function requireWholeChain(ctx: Ctx): Promise<number> {
  const chain = `project:${ctx.projectId}`;
  let prev = "0".repeat(64);
  const rows = await ctx.db.auditEvent.findMany({ where: { chain }, orderBy: { seq: "asc" } });
  for (const [index, row] of rows.entries()) {
    expect(row).toMatchObject({ seq: BigInt(index + 1), prev });
    const { seq, actor, action, subject, detail, requestId, ip, at } = row;
    const body = { chain, seq, actor, action, subject, detail, prev, requestId, ip, at: at.toISOString() };
    expect(auditHash(body)).toBe(row.hash);
    prev = row.hash;
  }
  return rows.length;
}

pgTest(
  `of ${RACES} races of approve against deny each has one outcome, and the record is whole`,
  async ({ ctx }) => {
    const lanes = await makeLanes(ctx, LANES);
    const outcomes: string[] = [];
    await Promise.all(
      lanes.map(async (lane, index) => {
        for (let race = index; race < RACES; race += LANES) {
          const order = (race / LANES) % 2 < 1 ? "approve_first" : "deny_first";
          outcomes.push(await raceReviews(lane, order, race % 8));
        }
      }),
    );
    expect(outcomes).toHaveLength(RACES);
    expect(new Set(outcomes)).toEqual(new Set(["approved, then revoked", "denied"]));
    expect(await requireWholeChain(ctx)).toBeGreaterThan(2 * RACES);
    expect((await checkConsistency(ctx)).mismatches).toEqual([]);
  },
  600_000,
);

pgTest(
  "an execution against a denial: carried out or revoked, never both",
  async ({ ctx }) => {
    const outcomes: string[] = [];
    for (let race = 0; race < 12; race++) {
      // A version goes into Production once, so each race has its own.
      const [lane] = await makeLanes(ctx, 1);
      if (lane === undefined) throw new Error("no lane");
      outcomes.push(await raceExecution(lane, race * 2));
    }
    expect(outcomes).toHaveLength(12);
    await requireWholeChain(ctx);
  },
  600_000,
);
