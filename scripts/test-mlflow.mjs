#!/usr/bin/env node
import { spawn } from "node:child_process";
import path from "node:path";
import { parseArgs } from "node:util";
import { run } from "./lib/console.mjs";
import { checkNode } from "./lib/node-version.mjs";

const USAGE = `npm run test:mlflow [-- options]

  The genuine mlflow client against Assay: a scratch server of its own, or the one at --url.

  --url <address>   a server that runs; its key by --token or MLFLOW_TRACKING_TOKEN
  --token <key>     an admin's: some steps make projects and service accounts
  --reference       a genuine MLflow server instead, without the groups of our extensions
  --only <words>    steps whose "group · step" holds this
  --full            big files in their whole size (1 GB)
  --report <file>   the counts as JSON
  --verbose         stacks of what fails`;

/** How it ends when Python or its packages cannot be had; npm test tells it from a failure. */
const NOT_INSTALLED = 2;

run(async () => {
  checkNode();
  const { values } = parseArgs({
    options: {
      url: { type: "string" },
      token: { type: "string" },
      reference: { type: "boolean" },
      only: { type: "string" },
      full: { type: "boolean" },
      report: { type: "string" },
      verbose: { type: "boolean" },
      help: { type: "boolean" },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const { Failure } = await import("./lib/failure.mjs");
  if (values.reference && values.url) {
    throw new Failure("--reference starts a server of its own.", "Leave out --url, or --reference.");
  }
  const { mlflowEnv } = await import("./lib/mlflow-env.mjs");
  const { startGenuineMlflow, startScratchAssay } = await import("./lib/scratch-servers.mjs");
  const { ROOT, resolvePath } = await import("./lib/paths.mjs");
  const { createSteps } = await import("./lib/steps.mjs");
  const { printError } = await import("./lib/console.mjs");
  const { step } = createSteps();

  const python = await step("Python with mlflow", mlflowEnv).catch(printError);
  if (!python) {
    process.exitCode = NOT_INSTALLED;
    return;
  }
  const { reference, only, full, verbose, report, url } = values;
  const life = new AbortController();
  for (const name of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) process.on(name, () => life.abort());
  const start = async () => {
    if (url) return { url: url.replace(/\/$/, ""), token: values.token ?? process.env["MLFLOW_TRACKING_TOKEN"] };
    if (reference) return step("Genuine MLflow server", () => startGenuineMlflow({ python, postgres: true }));
    return step("Assay", () => startScratchAssay());
  };
  const server = await start();
  try {
    process.exitCode = await new Promise((resolve, reject) => {
      const args = [
        path.join(ROOT, "e2e", "mlflow", "main.py"),
        ...["--url", server.url, "--only", only ?? ""],
        ...("pid" in server ? ["--server-pid", String(server.pid)] : []),
        ...(reference ? ["--reference"] : []),
        ...(full ? ["--full"] : []),
        ...(report ? ["--report", resolvePath(report)] : []),
        ...(verbose ? ["--verbose"] : []),
      ];
      const token = "token" in server ? server.token : undefined;
      const child = spawn(python, args, {
        env: { ...process.env, PYTHONDONTWRITEBYTECODE: "1", MLFLOW_TRACKING_TOKEN: token ?? "" },
        stdio: "inherit",
      });
      life.signal.addEventListener("abort", () => child.kill("SIGTERM"));
      child.on("error", reject).on("close", (code) => resolve(code ?? 1));
    });
  } finally {
    if ("stop" in server) await server.stop();
  }
});
