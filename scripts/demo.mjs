#!/usr/bin/env node
// `npm run demo`: the whole loop without a browser, on a home of its own: data, runs, evaluation, registry, promotion, answers.
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { ROOT } from "./lib/paths.mjs";
import { freePort } from "./lib/ports.mjs";

const { values: options } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    engine: { type: "string" },
    "without-tuned": { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
if (options.help) {
  console.log(`npm run demo -- [--quick] [--engine native|wasm] [--without-tuned]
  --quick          10,000 images, 2 epochs, whatever engine there is
  --engine         native unless --quick
  --without-tuned  leave out the strategy enhanced-tuned`);
  process.exit(0);
}

/** @typedef {{ runId: string, name: string, status: string, epochs: number, epochsDone: number, testAccuracy: number | null, durationMs: number | null }} RunRow */
/** @typedef {{ id: string, status: string, bestRunId: string | null, runs: RunRow[] }} StrategyRow */

const started = Date.now();
const home = fs.mkdtempSync(path.join(os.tmpdir(), "assay-demo-"));
const key = randomBytes(24).toString("base64url");
const port = await freePort();
const base = `http://127.0.0.1:${port}`;
const engine = options.engine ?? (options.quick ? "auto" : "native");

const platform = spawn(process.execPath, [path.join(ROOT, "scripts", "start.mjs")], {
  cwd: ROOT,
  env: {
    ...process.env,
    ASSAY_HOME: home,
    PORT: String(port),
    HOST: "127.0.0.1",
    ASSAY_QUICKSTART: "0",
    ASSAY_BOOTSTRAP_KEY: key,
    ASSAY_ADMIN_PASSWORD: randomBytes(18).toString("base64url"),
    ...(engine === "wasm" ? { ASSAY_ENGINES: "wasm" } : {}),
  },
  stdio: ["ignore", "inherit", "inherit"],
});
let platformGone = false;
platform.on("exit", () => {
  platformGone = true;
});
for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM"])) process.on(signal, () => void finish(1));

try {
  await run();
  await finish(0);
} catch (error) {
  console.error(`\nThe demo stopped: ${error instanceof Error ? error.message : error}`);
  await finish(1);
}

async function run() {
  await until("the server answers", 15 * 60_000, () => call("GET", "/api/training/queue").then(() => true));
  console.log(`\nAssay answers at ${base} after ${seconds(started)} s`);

  /** @type {StrategyRow[]} */
  const done = [];
  for (const strategy of [
    "mnist-three-runs",
    ...(options.quick || options["without-tuned"] ? [] : ["enhanced-tuned"]),
  ]) {
    const overrides = { engine, ...(options.quick ? { epochs: 2, trainLimit: 10_000 } : {}) };
    const submitted = await call("POST", `/api/training/strategies/${strategy}`, { overrides });
    done.push(await follow(submitted.id, strategy));
  }

  const runs = done.flatMap((strategy) => strategy.runs);
  const model = await call("GET", "/api/models/digits");
  const best = [...runs]
    .filter((row) => row.testAccuracy !== null)
    .sort((a, b) => (b.testAccuracy ?? 0) - (a.testAccuracy ?? 0))[0];
  const version = model.versions.find((/** @type {{ runId: string }} */ candidate) => candidate.runId === best?.runId);
  if (version === undefined) throw new Error("the best run was not registered");
  await call("POST", `/api/models/digits/versions/${version.version}/stage`, { stage: "Production", reason: "demo" });
  await printRuns(runs);
  await printAnswers(await call("GET", "/api/datasets"));
  console.log(`\nThe whole loop took ${seconds(started)} s.`);
}

/** @param {RunRow[]} runs */
async function printRuns(runs) {
  const model = await call("GET", "/api/models/digits");
  const rows = await Promise.all(
    runs.map(async (row) => {
      const detail = await call("GET", `/api/runs/${row.runId}`);
      const { spec } = detail.training;
      const version = model.versions.find(
        (/** @type {{ runId: string }} */ candidate) => candidate.runId === row.runId,
      );
      return {
        run: row.name,
        params: `${spec.architecture} lr ${spec.learningRate} batch ${spec.batchSize}`,
        engine: detail.tags["assay.engine"] ?? detail.tags.engine ?? spec.engine,
        epochs: spec.epochs,
        seconds: Math.round((row.durationMs ?? 0) / 1000),
        accuracy: row.testAccuracy?.toFixed(4) ?? row.status,
        version: version?.version ?? "",
        stage: version?.stage ?? "",
      };
    }),
  );
  console.log("");
  console.table(rows);
}

/** @param {{ items: { name: string, source: string, versions: { version: number }[] }[] }} datasets */
async function printAnswers(datasets) {
  const dataset = datasets.items[0];
  const newest = dataset?.versions[0];
  if (dataset === undefined || newest === undefined) throw new Error("there is no dataset to take digits from");
  const { samples } = await call("GET", `/api/datasets/${dataset.name}/versions/${newest.version}`);
  const rows = [];
  for (let label = 0; label < 10; label++) {
    const sample = samples.find((/** @type {{ label: number }} */ candidate) => candidate.label === label);
    if (sample === undefined) continue;
    const reply = await call("POST", "/predict", { pixels: [...Buffer.from(sample.pixels, "base64")] });
    rows.push({
      "test digit": label,
      answer: reply.prediction,
      confidence: reply.confidence.toFixed(4),
      right: reply.prediction === label ? "yes" : "no",
      model: `${reply.model.name} ${reply.model.version}`,
      latencyMs: reply.latencyMs,
    });
  }
  console.table(rows);
}

/**
 * Shows a strategy's progress until it is over.
 * @param {string} id
 * @param {string} strategy
 * @returns {Promise<StrategyRow>}
 */
async function follow(id, strategy) {
  let line = "";
  for (;;) {
    if (platformGone) throw new Error("the platform ended");
    const state = /** @type {StrategyRow} */ (await call("GET", `/api/training/strategy-runs/${id}`));
    const next = `${strategy}: ${state.runs.map((row) => `${row.name} ${row.status === "RUNNING" ? `${row.epochsDone}/${row.epochs}` : row.status.toLowerCase()}`).join(" · ")}`;
    if (next !== line) console.log(`${String(seconds(started)).padStart(5)} s  ${next}`);
    line = next;
    if (state.status === "FINISHED") return state;
    if (state.status !== "RUNNING") {
      const failed = state.runs.find((row) => row.status === "FAILED");
      const detail = failed && (await call("GET", `/api/runs/${failed.runId}`));
      throw new Error(`${strategy} is ${state.status}: ${detail?.error?.message ?? "see the logs"}`);
    }
    await sleep(1_000);
  }
}

/**
 * @param {string} method
 * @param {string} where
 * @param {unknown} [body]
 */
async function call(method, where, body) {
  const reply = await fetch(base + where, {
    method,
    headers: { authorization: `Bearer ${key}`, ...(body === undefined ? {} : { "content-type": "application/json" }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await reply.text();
  if (!reply.ok) throw new Error(`${method} ${where}: ${reply.status} ${text.slice(0, 500)}`);
  return reply.headers.get("content-type")?.includes("json") ? JSON.parse(text) : text;
}

/**
 * @param {string} what
 * @param {number} limitMs
 * @param {() => Promise<boolean>} check
 */
async function until(what, limitMs, check) {
  const end = Date.now() + limitMs;
  while (!(await check().catch(() => false))) {
    if (platformGone) throw new Error("the platform did not start; see above");
    if (Date.now() > end) throw new Error(`waited too long until ${what}`);
    await sleep(500);
  }
}

/** @param {number} since */
function seconds(since) {
  return Math.round((Date.now() - since) / 1000);
}

/** @param {number} ms */
function sleep(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** @param {number} code */
async function finish(code) {
  if (!platformGone) {
    platform.kill("SIGTERM");
    await Promise.race([new Promise((resolve) => platform.on("exit", resolve)), sleep(15_000)]);
  }
  fs.rmSync(home, { recursive: true, force: true });
  process.exit(code);
}
