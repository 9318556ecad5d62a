import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { loadavg, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { migrateDatabase } from "../scripts/lib/migrate.mjs";
import { connect } from "../scripts/lib/pg-roles.mjs";
import { startPostgres } from "../scripts/lib/postgres.mjs";
import { type ScratchServer, startScratchAssay } from "../scripts/lib/scratch-servers.mjs";
import { bytesOf, load, type Plan } from "./growth/load.ts";
import { type Figures, makeRun, READS, writes } from "./growth/measures.ts";
import { METRICS, PARAMS } from "./growth/sizes.ts";
import { median, timed } from "./tracking/timing.ts";
import { createExperiment, type Target } from "./tracking/wire.ts";

/**
 * `npm run bench:growth`: searches, pages, histories, bytes and writes over 100,000 runs and 100 million points, which are
 * loaded in bulk first; writes by turns with those of an empty database on the same Postgres. `--runs` and `--points` make it
 * short; `--home <folder>` keeps the loaded database there, and measures it again when it is there already. Prints a
 * table, and JSON as the last line.
 */
const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "100000" },
    points: { type: "string", default: "100000000" },
    rounds: { type: "string", default: "3" },
    home: { type: "string" },
  },
});
const say = (text: string) => console.error(text);
const home = values.home === undefined ? await mkdtemp(join(tmpdir(), "assay-growth-")) : resolve(values.home);
// Open to the user that Postgres runs as.
await mkdir(home, { recursive: true, mode: 0o711 });
const postgres = await startPostgres({ home: join(home, "database") });
const servers: ScratchServer[] = [];
const figures = new Map<string, number[]>();
let bytes: Record<string, number> = {};
let plan: Plan | undefined;
const loadAtStart = hundredths(loadavg()[0] ?? 0);
try {
  const full = await start("assay", join(home, "server"));
  plan = await loaded(full);
  const empty = await start("assay_empty", join(home, "empty"));
  for (let round = 0; round <= Number(values.rounds); round++) {
    // Round 0 warms up.
    const keepIf = (found: Figures) => (round > 0 ? keep(found) : undefined);
    for (const [name, read] of Object.entries(READS)) {
      const { experimentId, templateRun } = plan;
      keepIf({
        [name]: median(
          await timed(9, (turn) => read({ target: full, experimentId, templateRun, turn, runs: plan?.runs ?? 1 })),
        ),
      });
    }
    const turns = [
      { of: "full", target: full },
      { of: "empty", target: empty },
    ];
    for (const { of, target } of round % 2 === 0 ? turns : turns.toReversed()) {
      const found = await writes(target);
      keepIf(Object.fromEntries(Object.entries(found).map(([name, value]) => [`${name} (${of})`, value])));
    }
    say(`round ${round} of ${values.rounds}`);
  }
  bytes = await bytesPerRow();
} finally {
  for (const server of servers) await server.stop();
  if (values.home === undefined) {
    await postgres.destroy();
    await rm(home, { recursive: true, force: true });
  } else {
    await postgres.stop(120_000);
  }
}
const table = Object.fromEntries([...figures].map(([name, found]) => [name, hundredths(median(found))]));
console.table(table);
console.table(bytes);
const loads = { atStart: loadAtStart, atEnd: hundredths(loadavg()[0] ?? 0) };
const points = (plan?.runs ?? 0) * METRICS * (plan?.steps ?? 0);
console.log(JSON.stringify({ bench: "growth", load: loads, runs: plan?.runs, points, figures: table, bytes }));
process.exit(0);

/** A server on a database of its own, which is made where it is not there. The empty one begins anew. */
async function start(database: string, serverHome: string): Promise<Target> {
  const client = await connect(postgres.urls.superuser);
  try {
    if (database !== "assay") {
      await client.query(`DROP DATABASE IF EXISTS ${database}`);
      await client.query(`CREATE DATABASE ${database} OWNER assay_owner`);
      await rm(serverHome, { recursive: true, force: true });
    }
  } finally {
    await client.end();
  }
  const at = (url: string) => url.replace(/\/assay$/, `/${database}`);
  const env = {
    DATABASE_URL: at(postgres.urls.app),
    MIGRATE_DATABASE_URL: at(postgres.urls.owner),
    ASSAY_HOME: serverHome,
  };
  // Here, as a start would make a backup first, of 100 million points.
  await migrateDatabase({ url: at(postgres.urls.owner) });
  const server = await startScratchAssay({ env });
  servers.push(server);
  return { name: database, url: server.url, token: server.token };
}

/** The plan that the home was loaded by, after loading what is missing. */
async function loaded(target: Target): Promise<Plan> {
  const file = join(home, "plan.json");
  const text = await readFile(file, "utf8").catch(() => undefined);
  const known = text === undefined ? await makePlan(target) : (JSON.parse(text) as Plan & { isDone?: boolean });
  if ("isDone" in known && known.isDone) return known;
  await writeFile(file, JSON.stringify(known));
  say(`loading ${known.runs} runs of ${METRICS} metrics with ${known.steps} points each, and ${PARAMS} params`);
  const client = await connect(postgres.urls.superuser.replace(/\/postgres$/, "/assay"));
  try {
    await load(client, known, say);
  } finally {
    await client.end();
  }
  await writeFile(file, JSON.stringify({ ...known, isDone: true }));
  return known;
}

async function makePlan(target: Target): Promise<Plan> {
  const runs = Number(values.runs);
  const experimentId = await createExperiment(target, "growth");
  const templateRun = await makeRun(target, experimentId);
  return { experimentId, templateRun, runs, steps: Math.max(1, Math.round(Number(values.points) / runs / METRICS)) };
}

/** Bytes a row of the tables that grow, whole and by index. */
async function bytesPerRow(): Promise<Record<string, number>> {
  const client = await connect(postgres.urls.superuser.replace(/\/postgres$/, "/assay"));
  try {
    const all: Record<string, number> = {};
    for (const table of ["metric_point", "latest_metric", "run_param", "run_tag", "run"]) {
      const { rows, parts } = await bytesOf(client, table);
      for (const [part, size] of parts) all[part === table ? table : `${table}: ${part}`] = hundredths(size / rows);
    }
    return all;
  } finally {
    await client.end();
  }
}

function keep(found: Figures): void {
  for (const [name, value] of Object.entries(found)) figures.set(name, [...(figures.get(name) ?? []), value]);
}

function hundredths(value: number): number {
  return Math.round(value * 100) / 100;
}
