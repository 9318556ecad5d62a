import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs, promisify } from "node:util";
import { mlflowEnv } from "../scripts/lib/mlflow-env.mjs";
import { connect } from "../scripts/lib/pg-roles.mjs";
import { startPostgres } from "../scripts/lib/postgres.mjs";
import { type ScratchServer, startGenuineMlflow, startScratchAssay } from "../scripts/lib/scratch-servers.mjs";
import { copyLimits, writeLimits } from "./tracking/limits.ts";
import { artifacts, type Ground, prepare, type Round, reads, type Sizes, writes } from "./tracking/measures.ts";
import { median } from "./tracking/timing.ts";
import type { Target } from "./tracking/wire.ts";

/**
 * `npm run bench:tracking`: the tracking wire of Assay beside a genuine MLflow server, with its default of 4 workers and
 * with 1, all on one durable Postgres, by turns, the better of the two counting; and beside what Postgres and the loopback
 * allow. Sizes are short by default; `--full` has those of the goal; `--only writes|reads|artifacts` measures one part.
 * Prints a table, and JSON as the last line.
 */
const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
    runs: { type: "string", default: "500" },
    history: { type: "string", default: "20000" },
    long: { type: "string", default: "50000" },
    artifact: { type: "string", default: "50" },
    seconds: { type: "string", default: "2" },
    only: { type: "string" },
    full: { type: "boolean", default: false },
  },
});
const FULL: Sizes = { runs: 5_000, history: 20_000, long: 1_000_000, artifactMb: 200, seconds: 5 };
const sizes: Sizes = values.full
  ? FULL
  : {
      runs: Number(values.runs),
      history: Number(values.history),
      long: Number(values.long),
      artifactMb: Number(values.artifact),
      seconds: Number(values.seconds),
    };
const PARTS = {
  writes: { measure: writes, limits: () => writeLimits(postgres.urls.owner, sizes) },
  reads: { measure: reads, limits: async () => ({}) },
  artifacts: { measure: artifacts, limits: () => copyLimits(home, sizes) },
};
const only = values.only;
if (only !== undefined && !(only in PARTS)) throw new Error(`--only takes ${Object.keys(PARTS).join(", ")}`);
const parts = Object.entries(PARTS).filter(([name]) => only === undefined || name === only);
// What is only read need not be made for the rest.
if (only === "writes" || only === "artifacts") Object.assign(sizes, { runs: 1, history: 1, long: 1 });
const say = (text: string) => console.error(text);

const load = round(loadavg()[0] ?? 0);
if (load > 1) say(`the machine does other work as well (load ${load}): ratios are rough`);
const python = await mlflowEnv(say);
const home = await mkdtemp(join(tmpdir(), "assay-bench-"));
const postgres = await startPostgres({ home });
const servers: ScratchServer[] = [];
/** Measure → target → a value a round. */
const results = new Map<string, Map<string, number[]>>();
try {
  const targets = await startTargets();
  const grounds: Ground[] = [];
  for (const target of targets) {
    say(`${target.name}: making ${sizes.runs} runs and ${sizes.history + sizes.long} points`);
    const ground = await prepare(target, sizes);
    keep(target.name, { "runs of 20 metrics and 10 params, /s": ground.runsPerSecond });
    grounds.push(ground);
  }
  for (let round = 0; round <= Number(values.rounds); round++) {
    for (const [, { measure }] of parts) {
      for (const ground of round % 2 === 0 ? grounds : grounds.toReversed()) {
        const found = await measure(ground, sizes);
        // Round 0 warms up.
        if (round > 0) keep(ground.target.name, found);
      }
    }
    for (const [, { limits }] of parts) {
      if (round > 0) keep("limit", await limits());
    }
    say(`round ${round} of ${values.rounds}`);
  }
  if (only === undefined) {
    for (const ground of grounds) keep(ground.target.name, await byPython(ground));
  }
} finally {
  for (const server of servers) await server.stop();
  await postgres.destroy();
  await rm(home, { recursive: true, force: true });
}
const table = Object.fromEntries([...results].map(([measure, byTarget]) => [measure, rowOf(measure, byTarget)]));
console.table(table);
console.log(JSON.stringify({ bench: "tracking", load, sizes, rounds: Number(values.rounds), table }));
process.exit(0);

/** One Postgres, a database for each. */
async function startTargets(): Promise<Target[]> {
  const client = await connect(postgres.urls.superuser);
  const made: Target[] = [];
  try {
    for (const workers of [4, 1]) {
      await client.query(`CREATE DATABASE mlflow_${workers}`);
      const url = postgres.urls.superuser.replace(/\/postgres$/, `/mlflow_${workers}`);
      const server = await startGenuineMlflow({ python, postgres: url, workers });
      servers.push(server);
      made.push({ name: `MLflow ${workers}w`, url: server.url });
    }
  } finally {
    await client.end();
  }
  const env = { DATABASE_URL: postgres.urls.app, MIGRATE_DATABASE_URL: postgres.urls.owner };
  const assay = await startScratchAssay({ env });
  servers.push(assay);
  return [{ name: "Assay", url: assay.url, token: assay.token }, ...made];
}

async function byPython({ target, searched, historyRun }: Ground): Promise<Round> {
  const script = join(import.meta.dirname, "tracking", "client.py");
  const env = { ...process.env, MLFLOW_TRACKING_URI: target.url, MLFLOW_TRACKING_TOKEN: target.token ?? "" };
  const { stdout } = await promisify(execFile)(python, [script, searched, historyRun], { env });
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "{}") as Round;
}

function keep(target: string, round: Round): void {
  for (const [measure, value] of Object.entries(round)) {
    const byTarget = results.get(measure) ?? new Map<string, number[]>();
    results.set(measure, byTarget);
    byTarget.set(target, [...(byTarget.get(target) ?? []), value]);
  }
}

/** The medians of all rounds, and how many times better Assay is than the better MLflow. */
function rowOf(measure: string, byTarget: Map<string, number[]>): Record<string, number> {
  const row: Record<string, number> = {};
  for (const [target, found] of byTarget) row[target] = round(median(found));
  const assay = row["Assay"] ?? Number.NaN;
  const mlflow = ["MLflow 4w", "MLflow 1w"].map((name) => row[name] ?? Number.NaN);
  if (measure.endsWith("errors")) return row;
  const ratio = measure.endsWith("/s") ? assay / Math.max(...mlflow) : Math.min(...mlflow) / assay;
  return { ...row, "times better": round(ratio) };
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
