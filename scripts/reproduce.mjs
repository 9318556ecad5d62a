#!/usr/bin/env node
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { SCOPES } from "#lib/auth/scopes.ts";
import { parseEnv, WorkerEnv } from "#lib/platform/env.ts";
import { isAppError } from "#lib/platform/errors.ts";
import { closeRuntime, makeCtx, openRuntime } from "#lib/platform/runtime.ts";
import { listReproductions } from "#lib/training/list-reproductions.ts";
import { reproduceVersion } from "#lib/training/reproduce-version.ts";
import { startWorker } from "#workers/start-worker.ts";
import { run } from "./lib/console.mjs";
import { databaseUrl } from "./lib/database-url.mjs";
import { loadEnvFile } from "./lib/env-file.mjs";
import { Failure } from "./lib/failure.mjs";
import { homeHolder } from "./lib/home-lock.mjs";
import { places } from "./lib/paths.mjs";

const USAGE = "npm run reproduce -- digits/3 [--project default]";

/**
 * `npm run reproduce -- digits/3`: trains a version again and says whether the result is the same. The worker of a running
 * Assay does it; where none runs on this home, one is started for it. The exit code is 0 for the same bits or the same metrics.
 */
run(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { project: { type: "string", default: "default" } },
  });
  const [, name, number] = /^([A-Za-z0-9][\w.-]*)\/(\d+)$/.exec(positionals[0] ?? "") ?? [];
  if (name === undefined || number === undefined) throw new Failure("Which version?", USAGE);
  const version = { name, version: Number(number) };
  loadEnvFile();
  const { home, cache, dataDir } = places();
  const isAlone = !process.env["DATABASE_URL"] && !homeHolder(home);
  const database = await databaseUrl({ home, role: "app" });
  /** @type {{ stop(): Promise<void> } | undefined} */
  let worker;
  try {
    const env = parseEnv(WorkerEnv, {
      ...process.env,
      ASSAY_HOME: home,
      ASSAY_CACHE: cache,
      ASSAY_DATA_DIR: dataDir,
      DATABASE_URL: database.url,
      ASSAY_LOG_LEVEL: "error",
      ASSAY_QUICKSTART: "0",
    });
    const runtime = openRuntime(env, { name: "reproduce" });
    const actor = /** @type {const} */ ({ type: "system", id: "reproduce-command", scopes: SCOPES });
    const ctx = makeCtx(runtime, { actor, projectId: values.project });
    const { runId } = await reproduceVersion(ctx, version).catch((error) => {
      throw isAppError(error) ? new Failure(error.message, error.details?.[0]?.remedy ?? USAGE, error) : error;
    });
    console.log(`Run ${runId} trains ${name} version ${number} again.`);
    if (isAlone) worker = await startWorker(runtime, env);
    process.exitCode = (await follow(ctx, version, runId)) ? 0 : 1;
  } finally {
    await worker?.stop();
    await closeRuntime();
    await database.close();
  }
});

/**
 * Prints the progress and the verdict.
 * @param {import("#lib/platform/ctx.ts").Ctx} ctx
 * @param {{ name: string, version: number }} version
 * @param {string} runId
 */
async function follow(ctx, version, runId) {
  let told = "";
  for (;;) {
    const { items } = await listReproductions(ctx, version);
    const now = items.find((item) => item.runId === runId);
    if (now === undefined) throw new Failure(`Run ${runId} is gone.`, "Somebody deleted it; start again.");
    const line = `${now.status.toLowerCase()}, epoch ${now.epochsDone} of ${now.epochs}`;
    if (line !== told) console.log(line);
    told = line;
    if (now.verdict !== null) {
      console.log(`\n${now.verdict.toUpperCase()}: ${now.message}`);
      console.log(`  ONNX then ${now.originalDigest}\n  ONNX now  ${now.digest ?? "none"}`);
      for (const { what, original, again } of now.differences) console.log(`  ${what}: ${original} → ${again}`);
      return now.verdict === "identical" || now.verdict === "equivalent";
    }
    await sleep(1_000);
  }
}
