import { messageOf } from "#lib/platform/errors.ts";
import type { Runtime } from "#lib/platform/runtime.ts";

/** Looks whether a part can do its work. Resolves with a word on its state; rejects with what is wrong. */
export type ReadinessCheck = () => Promise<string>;

interface CheckResult {
  state: "ok" | "failing";
  detail: string;
  latencyMs: number;
}

export interface Readiness {
  status: "ready" | "not_ready";
  checks: { [name: string]: CheckResult };
}

const TIMEOUT_MS = 2_000;
/** Probes come from many sides; the parts are asked once a second. */
const CACHE_MS = 1_000;

interface Health {
  checks: Map<string, ReadinessCheck>;
  last?: { at: number; result: Promise<Readiness> };
}

const healthOf = (runtime: Runtime) => runtime.singleton<Health>("http.health", () => ({ checks: new Map() }));

/** Adds a part that `/health/ready` asks; a second one of the same name takes its place. */
export function addReadinessCheck(runtime: Runtime, name: string, check: ReadinessCheck): void {
  healthOf(runtime).checks.set(name, check);
}

/** Asks every part at once, each for at most 2 s. Never rejects. */
export function readiness(runtime: Runtime): Promise<Readiness> {
  const health = healthOf(runtime);
  const now = performance.now();
  if (health.last === undefined || now - health.last.at > CACHE_MS) {
    health.last = { at: now, result: ask(health.checks) };
  }
  return health.last.result;
}

async function ask(checks: Health["checks"]): Promise<Readiness> {
  const results = await Promise.all([...checks].map(async ([name, check]) => [name, await askOne(check)] as const));
  const ready = results.every(([, { state }]) => state === "ok");
  return { status: ready ? "ready" : "not_ready", checks: Object.fromEntries(results) };
}

async function askOne(check: ReadinessCheck): Promise<CheckResult> {
  const started = performance.now();
  const done = (state: CheckResult["state"], detail: string): CheckResult => ({
    state,
    detail,
    latencyMs: Math.round((performance.now() - started) * 100) / 100,
  });
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${TIMEOUT_MS / 1_000} s`)), TIMEOUT_MS);
  });
  try {
    return done("ok", await Promise.race([check(), late]));
  } catch (error) {
    return done("failing", messageOf(error));
  } finally {
    clearTimeout(timer);
  }
}
