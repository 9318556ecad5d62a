import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import pg from "pg";
import { checkConsistency } from "#lib/approvals/check-consistency.ts";
import { makeLanes, type RaceOutcome, raceReviews } from "#lib/approvals/testing/race.ts";
import { SCOPES } from "#lib/auth/scopes.ts";
import type { Actor } from "#lib/platform/ctx.ts";
import { BaseEnv, parseEnv } from "#lib/platform/env.ts";
import { messageOf } from "#lib/platform/errors.ts";
import { closeRuntime, makeCtx, openRuntime } from "#lib/platform/runtime.ts";
import { verifyDatabase } from "../scripts/lib/audit-run.mjs";
import { migrateDatabase } from "../scripts/lib/migrate.mjs";
import { startPostgres } from "../scripts/lib/postgres.mjs";

/**
 * `npm run soak:races`: approve against deny on a Postgres of its own, in several lanes at once, either first and up to some
 * milliseconds apart. Ends with code 1 when a race had no or two outcomes, a state is not what its reviews make of it, or
 * the audit chain is not whole. Prints a table, and JSON as the last line.
 */
const { values } = parseArgs({
  options: {
    races: { type: "string", default: "10000" },
    lanes: { type: "string", default: "8" },
    seed: { type: "string", default: "1" },
  },
});
const races = Number(values.races);
const laneCount = Number(values.lanes);
const ACTOR: Actor = { type: "user", id: "usr_soak", email: "soak@example.org", name: "Soak", scopes: SCOPES };

let state = Number(values.seed) >>> 0;
/** 0..1, the same row for the same `--seed`. */
function random(): number {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return state / 2 ** 32;
}

type Order = "approve_first" | "deny_first";
const counts = new Map<string, number>();
const faults: string[] = [];
const count = (order: Order, outcome: RaceOutcome) =>
  counts.set(`${order} ${outcome}`, (counts.get(`${order} ${outcome}`) ?? 0) + 1);

const home = await mkdtemp(join(tmpdir(), "assay-races-"));
const postgres = await startPostgres({ home, durable: false });
let report = {};
try {
  await migrateDatabase({ url: postgres.urls.owner });
  const env = {
    DATABASE_URL: postgres.urls.app,
    ASSAY_HOME: join(home, "home"),
    ASSAY_CACHE: join(home, "cache"),
    ASSAY_LOG_LEVEL: "error",
    ASSAY_DB_POOL: String(2 * laneCount),
  };
  const ctx = makeCtx(openRuntime(parseEnv(BaseEnv, env), { name: "soak" }), { actor: ACTOR });
  const lanes = await makeLanes(ctx, laneCount);
  const started = performance.now();
  let next = 0;
  await Promise.all(
    lanes.map(async (lane) => {
      while (next < races && faults.length < 20) {
        const order: Order = next++ % 2 === 0 ? "approve_first" : "deny_first";
        try {
          count(order, await raceReviews(lane, order, Math.floor(random() ** 2 * 12)));
        } catch (error) {
          faults.push(messageOf(error));
        }
        if (next % 1_000 === 0) console.log(`${next} races, ${faults.length} faults`);
      }
    }),
  );
  const seconds = (performance.now() - started) / 1_000;
  const { checked, mismatches } = await checkConsistency(ctx);
  const client = new pg.Client({ connectionString: postgres.urls.owner });
  await client.connect();
  const chain = await verifyDatabase(client, { home, keys: new Map() });
  await client.end();

  console.log("\nsent first     outcome                   races");
  for (const [key, number] of [...counts].sort()) {
    const [order = "", ...outcome] = key.split(" ");
    console.log(`${order.padEnd(14)} ${outcome.join(" ").padEnd(24)} ${String(number).padStart(6)}`);
  }
  for (const fault of faults) console.log(`FAULT: ${fault}`);
  console.log(`states derived again: ${checked}, different: ${mismatches.length}`);
  console.log(`audit chain: ${chain.events} events, ${chain.ok ? "whole" : "BROKEN"}`);
  if (mismatches.length > 0) faults.push(`${mismatches.length} states differ from their reviews`);
  if (!chain.ok) faults.push("the audit chain is broken");
  report = {
    races: [...counts.values()].reduce((sum, number) => sum + number, 0),
    outcomes: Object.fromEntries(counts),
    faults: faults.length,
    seconds: Math.round(seconds),
    racesPerSecond: Math.round((races / seconds) * 10) / 10,
    auditEvents: chain.events,
    chainWhole: chain.ok,
    mismatches: mismatches.length,
  };
} finally {
  await closeRuntime();
  await postgres.destroy();
  await rm(home, { recursive: true, force: true });
}
console.log(JSON.stringify(report));
process.exit(faults.length === 0 ? 0 : 1);
