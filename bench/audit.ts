import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { audit } from "#lib/platform/audit.ts";
import { withTransaction } from "#lib/platform/db.ts";
import { BaseEnv, parseEnv } from "#lib/platform/env.ts";
import { closeRuntime, makeCtx, openRuntime } from "#lib/platform/runtime.ts";
import { checkpoint } from "#lib/record/checkpoint.ts";
import { loadSigningKey } from "#lib/record/signing-key.ts";
import { publicKeys } from "../scripts/lib/audit-key.mjs";
import { verifyDatabase } from "../scripts/lib/audit-run.mjs";
import { migrateDatabase } from "../scripts/lib/migrate.mjs";
import { connect } from "../scripts/lib/pg-roles.mjs";
import { startPostgres } from "../scripts/lib/postgres.mjs";

/**
 * `npm run soak:audit`: 50 writers append 200 events each to one chain at the same time, then the chain is verified. Prints
 * events a second of both; ends with code 1 at a gap or a fork.
 */
const { values } = parseArgs({
  options: { writers: { type: "string", default: "50" }, events: { type: "string", default: "200" } },
});
const [writers, events] = [Number(values.writers), Number(values.events)];
const home = await mkdtemp(join(tmpdir(), "assay-soak-"));
const postgres = await startPostgres({ home });
let isWhole = false;
try {
  await migrateDatabase({ url: postgres.urls.owner });
  const env = { DATABASE_URL: postgres.urls.app, ASSAY_HOME: home, ASSAY_LOG_LEVEL: "error", ASSAY_DB_POOL: "20" };
  const runtime = openRuntime(parseEnv(BaseEnv, env), { name: "soak" });
  const ctx = makeCtx(runtime, { actor: { type: "system", id: "soak", scopes: ["instance"] } });
  const startedAt = performance.now();
  const write = async (writer: number) => {
    for (let index = 0; index < events; index++) {
      await withTransaction(ctx, async (tx) =>
        audit(tx, { action: "soak.write", subject: `writer:${writer}`, detail: { index, text: "ünïcode" } }),
      );
    }
  };
  await Promise.all(Array.from({ length: writers }, (_, writer) => write(writer)));
  const seconds = (performance.now() - startedAt) / 1_000;
  const anchors = join(home, "anchors.jsonl");
  await checkpoint(ctx, { key: loadSigningKey({ ASSAY_HOME: home }), anchors, force: true });

  const client = await connect(postgres.urls.app);
  const report = await verifyDatabase(client, { home, keys: publicKeys({ home }), anchors });
  await client.end();
  const written = writers * events;
  isWhole = report.ok && report.events === written;
  console.log(`${writers} writers × ${events} events: ${Math.round(written / seconds)} events/s`);
  console.log(
    `verified ${report.events} in ${report.durationMs} ms: ${Math.round((report.events * 1_000) / report.durationMs)} events/s, ${isWhole ? "no gap, no fork" : "NOT WHOLE"}`,
  );
} finally {
  await closeRuntime();
  await postgres.destroy();
  await rm(home, { recursive: true, force: true });
}
process.exit(isWhole ? 0 : 1);
