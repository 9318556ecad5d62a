import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { ARCHITECTURES } from "#lib/engine/architectures.ts";
import { initWeights } from "#lib/engine/init-weights.ts";
import { planNetwork } from "#lib/engine/network.ts";
import { exportOnnx } from "#lib/engine/onnx/export-onnx.ts";
import { places } from "../scripts/lib/paths.mjs";
import { freePort } from "../scripts/lib/ports.mjs";
import { pythonEnv, readRequirements } from "../scripts/lib/python-env.mjs";
import { startScratchAssay } from "../scripts/lib/scratch-servers.mjs";
import { KINDS, type Kind, makeBodies, toV2 } from "./serving/bodies.ts";
import { load, type Sample } from "./serving/load.ts";
import { median } from "./tracking/timing.ts";

/**
 * `npm run bench:serving`: `/predict` with auth, log and metrics on, beside the physical limit (bare node:http, the same
 * decoding, all that waits in one call of ONNX Runtime), the usual Python services with the same model, and MLServer; by
 * turns, every system a process of its own. Prints a table, and JSON as the last line.
 */
const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "4" },
    rounds: { type: "string", default: "3" },
    connections: { type: "string", default: "1,16,128" },
    only: { type: "string" },
  },
});
const seconds = Number(values.seconds);
const rounds = Number(values.rounds);
const connections = values.connections.split(",").map(Number);
const wanted = values.only?.split(",");
const say = (text: string) => console.error(text);

interface System {
  name: string;
  url: string;
  token?: string;
  kinds: readonly Kind[];
  /** A body of `/predict` in the system's own form. */
  form?: (body: string) => string;
}

const startedAtLoad = round(loadavg()[0] ?? 0);
if (startedAtLoad > 1) say(`the machine does other work as well (load ${startedAtLoad}): ratios are rough`);
const folder = await mkdtemp(join(tmpdir(), "assay-bench-"));
const children: ChildProcess[] = [];
const stops: (() => Promise<void>)[] = [];
/** "png, 16" → system → a sample a round. */
const results = new Map<string, Map<string, Sample[]>>();
try {
  const systems = await startSystems();
  const bodies = { png: makeBodies("png", 64), pixels: makeBodies("pixels", 64) };
  for (let turn = 0; turn <= rounds; turn++) {
    for (const kind of KINDS) {
      for (const count of connections) {
        for (const system of turn % 2 === 0 ? systems : systems.toReversed()) {
          if (!system.kinds.includes(kind)) continue;
          const { url, token, form } = system;
          const sent = form ? bodies[kind].map(form) : bodies[kind];
          const sample = await load({ url, token, bodies: sent, connections: count, seconds });
          // Round 0 warms up.
          if (turn > 0) keep(`${kind}, ${count}`, system.name, sample);
        }
      }
    }
    say(`round ${turn} of ${rounds}`);
  }
} finally {
  for (const child of children) child.kill("SIGKILL");
  for (const stop of stops) await stop();
  await rm(folder, { recursive: true, force: true });
}
report();
process.exit(0);

async function startSystems(): Promise<System[]> {
  const network = planNetwork(ARCHITECTURES.baseline);
  const model = exportOnnx(network, initWeights(network, 1));
  const file = join(folder, "model.onnx");
  await writeFile(file, model);
  const systems: System[] = [];
  const add = async (name: string, make: () => Promise<Omit<System, "name">>) => {
    if (wanted?.includes(name) === false) return;
    say(`${name} starts`);
    systems.push({ name, ...(await make()) });
  };
  await add("assay", () => startAssay(model));
  for (const [name, ...more] of [["limit"], ["limit, one image a call", "one"]] as const) {
    await add(name, () =>
      startProcess(process.execPath, (port) => [
        ...["--import", "tsx", join(import.meta.dirname, "serving", "limit-server.ts"), file, String(port), ...more],
      ]),
    );
  }
  const isPython = (name: string) => wanted === undefined || wanted.includes(name);
  if (isPython("fastapi-ort") || isPython("fastapi-keras")) {
    const python = await environment("serving-peers", "requirements.txt");
    const peer = join(import.meta.dirname, "serving", "peer.py");
    for (const kind of ["ort", "keras"]) {
      await add(`fastapi-${kind}`, () => startProcess(python, (port) => [peer, kind, file, String(port)]));
    }
  }
  if (isPython("mlserver")) {
    const python = await environment("mlserver", "requirements-mlserver.txt");
    await add("mlserver", () => startMlServer(python));
  }
  return systems;
}

function environment(name: string, requirements: string): Promise<string> {
  const file = join(import.meta.dirname, "serving", requirements);
  return pythonEnv({ name, requirements: readRequirements(file), cache: places().cache, say });
}

/** Assay with this file as the Production version of `digits`. */
async function startAssay(model: Uint8Array): Promise<Omit<System, "name">> {
  const server = await startScratchAssay({ env: { ASSAY_RATE_LIMIT: "1000000", ASSAY_RATE_BURST: "1000000" } });
  stops.push(server.stop);
  const call = async (method: string, path: string, body: object | Uint8Array) => {
    const isFile = body instanceof Uint8Array;
    const reply = await fetch(server.url + path, {
      method,
      headers: {
        authorization: `Bearer ${server.token}`,
        "content-type": isFile ? "application/octet-stream" : "application/json",
      },
      body: isFile ? Buffer.from(body) : JSON.stringify(body),
    });
    if (!reply.ok) throw new Error(`${method} ${path}: ${reply.status} ${await reply.text()}`);
    return reply.json();
  };
  const wire = (verb: string, body: object) => call("POST", `/api/2.0/mlflow/${verb}`, body);
  const { experiment_id } = await wire("experiments/create", { name: "bench" });
  const { run } = await wire("runs/create", { experiment_id });
  const place = `${experiment_id}/${run.info.run_id}/artifacts/model/model.onnx`;
  await call("PUT", `/api/2.0/mlflow-artifacts/artifacts/${place}`, model);
  await wire("registered-models/create", { name: "digits" });
  const source = `runs:/${run.info.run_id}/model`;
  await wire("model-versions/create", { name: "digits", source, run_id: run.info.run_id });
  await call("POST", "/api/models/digits/versions/1/stage", { stage: "Production", reason: "bench" });
  return { url: `${server.url}/predict`, token: server.token, kinds: KINDS };
}

async function startMlServer(python: string): Promise<Omit<System, "name">> {
  const port = await freePort();
  const made = spawn(python, [join(import.meta.dirname, "serving", "mlserver_model.py"), folder, String(port)], {
    stdio: "inherit",
  });
  const code = await new Promise((resolve) => made.on("exit", resolve));
  if (code !== 0) throw new Error(`the model of MLServer could not be made (${code})`);
  const started = await startProcess(python, () => ["-m", "mlserver.cli.main", "start", folder], {
    url: `http://127.0.0.1:${port}`,
    path: "/v2/models/digits/infer",
    ready: "/v2/models/digits/ready",
  });
  return { ...started, kinds: ["pixels"], form: toV2 };
}

/** Starts a server and waits until it answers. */
async function startProcess(
  program: string,
  args: (port: number) => string[],
  at: { url?: string; path?: string; ready?: string } = {},
): Promise<Omit<System, "name">> {
  const { path = "/predict", ready = "/health" } = at;
  const port = await freePort();
  const url = at.url ?? `http://127.0.0.1:${port}`;
  const isNode = program === process.execPath;
  const child = spawn(program, args(port), {
    cwd: join(import.meta.dirname, ".."),
    stdio: ["pipe", "ignore", "inherit", ...(isNode ? ["ipc" as const] : [])],
  });
  children.push(child);
  for (;;) {
    if (child.exitCode !== null) throw new Error(`${program} ${args(port).join(" ")} ended with ${child.exitCode}`);
    const isReady = await fetch(url + ready).then(
      (reply) => reply.ok,
      () => false,
    );
    if (isReady) return { url: url + path, kinds: KINDS };
    await sleep(200);
  }
}

function keep(setting: string, system: string, sample: Sample): void {
  const bySystem = results.get(setting) ?? new Map<string, Sample[]>();
  results.set(setting, bySystem);
  bySystem.set(system, [...(bySystem.get(system) ?? []), sample]);
}

function report(): void {
  const figures = Object.fromEntries(
    [...results].map(([setting, bySystem]) => [
      setting,
      Object.fromEntries([...bySystem].map(([system, samples]) => [system, middle(samples)])),
    ]),
  );
  const rows = Object.entries(figures).flatMap(([setting, bySystem]) =>
    Object.entries(bySystem).map(([system, sample]) => ({ "body, connections": setting, system, ...sample })),
  );
  console.table(rows);
  const ratio = (setting: string, system: string) => {
    const ours = figures[setting]?.["assay"];
    const theirs = figures[setting]?.[system];
    return ours && theirs ? round(ours.requestsPerSecond / theirs.requestsPerSecond) : null;
  };
  const ratios = (system: string) =>
    Object.fromEntries(Object.keys(figures).map((setting) => [setting, ratio(setting, system)]));
  console.log(
    JSON.stringify({
      bench: "serving",
      load: startedAtLoad,
      seconds,
      rounds,
      figures,
      ratioToLimit: ratios("limit"),
      ratioToFastApiOrt: ratios("fastapi-ort"),
      ratioToFastApiKeras: ratios("fastapi-keras"),
      ratioToMlServer: ratios("mlserver"),
    }),
  );
}

/** Of each figure the median of the rounds. */
function middle(samples: Sample[]): Sample {
  const of = (name: keyof Sample) => round(median(samples.map((sample) => sample[name])));
  return { requestsPerSecond: Math.round(of("requestsPerSecond")), p50Ms: of("p50Ms"), p99Ms: of("p99Ms") };
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
