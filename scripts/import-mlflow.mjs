#!/usr/bin/env node
import fs from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { run } from "./lib/console.mjs";
import { checkNode } from "./lib/node-version.mjs";

const USAGE = `npm run import:mlflow -- (--uri <address> | --path <place>) [options]

  Carries experiments, runs, histories, artifacts and registered models from MLflow to Assay. Run it again
  at any time: what is here is left alone, what was broken off is gone on with.

From:
  --uri <address>        a server that runs; credentials in MLFLOW_TRACKING_TOKEN, or in
                         MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD
  --path <place>         an mlruns folder, or the SQLite file of a server: read from a copy by MLflow itself (needs python3)
  --artifacts <folder>   with an SQLite file: the server's --artifacts-destination; default: mlartifacts beside it

To:
  --to <address>         default: the Assay that runs on this machine (PORT, or 3000)
  --key <key>            an API key with tracking:write and registry:write; better: ASSAY_API_KEY
  --project <name>       default: the key's own

  --only <name>          experiments and registered models of just this name; may be given more than once
  --report <file>        default: assay-import.json`;

run(async () => {
  checkNode();
  const { values } = parseArgs({
    options: {
      uri: { type: "string" },
      path: { type: "string" },
      artifacts: { type: "string" },
      to: { type: "string" },
      key: { type: "string" },
      project: { type: "string" },
      only: { type: "string", multiple: true },
      report: { type: "string", default: "assay-import.json" },
      help: { type: "boolean" },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const { Failure } = await import("./lib/failure.mjs");
  const { resolvePath } = await import("./lib/paths.mjs");
  const { createSteps, formatMs } = await import("./lib/steps.mjs");
  const { writeAtomic } = await import("./lib/files.mjs");
  const { checkUrl, Endpoint, WireError } = await import("./lib/import-mlflow/endpoint.mjs");
  const { importAll } = await import("./lib/import-mlflow/import.mjs");
  const { Report } = await import("./lib/import-mlflow/report.mjs");
  const { env } = process;
  if ((values.uri === undefined) === (values.path === undefined)) {
    throw new Failure("Say where from: --uri or --path, one of them.", "npm run import:mlflow -- --help");
  }
  const key = values.key ?? env["ASSAY_API_KEY"];
  const target = new Endpoint({
    name: "Assay",
    url: checkUrl(values.to ?? `http://127.0.0.1:${env["PORT"] || 3000}`, "--to"),
    headers: {
      ...(key ? { Authorization: `Bearer ${key}` } : {}),
      ...(values.project ? { "X-MLflow-Workspace": values.project } : {}),
    },
  });
  const { step } = createSteps();
  const report = new Report();
  const started = Date.now();
  await target.post("/api/2.0/mlflow/experiments/search", { max_results: 1 }).catch((error) => {
    if (!(error instanceof WireError)) throw error;
    throw new Failure(`Assay refuses the key: ${error.message}`, "It needs tracking:write and registry:write.");
  });

  const local = values.path === undefined ? undefined : await openLocal(resolvePath(values.path));
  const end = () => void (local?.stop() ?? Promise.resolve()).finally(() => process.exit(130));
  for (const name of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) process.once(name, end);
  try {
    const url = local?.url ?? checkUrl(values.uri ?? "", "--uri");
    const source = new Endpoint({ name: "MLflow", url, headers: local ? {} : oldCredentials() });
    const origin = values.path === undefined ? url : `file:${path.basename(resolvePath(values.path))}`;
    const only = new Set(values.only);
    const wants = (/** @type {string} */ name) => only.size === 0 || only.has(name);
    await importAll({ source, target, origin, report, wants }, step);
  } finally {
    await local?.stop();
    const file = resolvePath(values.report);
    writeAtomic(file, `${JSON.stringify(report, null, 2)}\n`, 0o644);
    console.log(`\n${report}\n\n${formatMs(Date.now() - started)}; the whole report: ${file}`);
  }

  /**
   * @param {string} place
   */
  async function openLocal(place) {
    if (!fs.existsSync(place)) throw new Failure(`There is no ${place}.`, "Give an mlruns folder or an mlflow.db.");
    const { mlflowEnv } = await import("./lib/mlflow-env.mjs");
    const { serveLocal } = await import("./lib/import-mlflow/local-source.mjs");
    const artifacts = values.artifacts ? resolvePath(values.artifacts) : path.join(path.dirname(place), "mlartifacts");
    const python = await step("Python with mlflow", mlflowEnv);
    return step("MLflow's own server", () => serveLocal({ python, place, artifacts }));
  }

  /** As MLflow's own client takes them. */
  function oldCredentials() {
    const [token, user] = [env["MLFLOW_TRACKING_TOKEN"], env["MLFLOW_TRACKING_USERNAME"]];
    if (user) {
      const pair = `${user}:${env["MLFLOW_TRACKING_PASSWORD"] ?? ""}`;
      return { Authorization: `Basic ${Buffer.from(pair).toString("base64")}` };
    }
    /** @type {Record<string, string>} */
    const headers = token ? { Authorization: `Bearer ${token}` } : {};
    return headers;
  }
});
