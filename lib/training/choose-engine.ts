import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { TrainingError } from "#lib/engine/child/protocol.ts";
import { availableEngines } from "#lib/engine/engines.ts";
import type { EngineName } from "#lib/engine/schemas.ts";
import type { EngineChoice } from "#lib/training/schemas.ts";

export interface ChooseEngineInput {
  choice: EngineChoice;
  /** ASSAY_ENGINES. */
  mode: "auto" | "native" | "wasm" | "off";
  /** ASSAY_HOME. */
  home: string;
  /** ASSAY_CACHE. */
  cacheDir: string;
  signal: AbortSignal;
  /** Called once when there is something to wait for. */
  onWait: (message: string) => Promise<void>;
}

/** `npm start` keeps this file while it installs the native engine beside everything else. */
const Installation = z.object({
  state: z.enum(["installing", "ready", "unavailable"]),
  engine: z.string(),
  reason: z.string(),
});

const LOOK_AGAIN_MS = 1_000;
/** An installation that has not ended by then was cut off. */
const STALE_MS = 60 * 60_000;

/**
 * The engine of a run, and why: what was asked for, or native where it is installed, else wasm. Waits while native is being
 * installed, unless wasm was asked for.
 *
 * @throws TrainingError `engine_unavailable`: native was asked for and cannot be had; `cancelled` when `signal` aborts
 */
export async function chooseEngine(input: ChooseEngineInput): Promise<{ engine: EngineName; reason: string }> {
  if (input.choice === "wasm") {
    return { engine: "wasm", reason: "asked for" };
  }
  if (input.choice === "auto" && input.mode === "wasm") {
    return { engine: "wasm", reason: "ASSAY_ENGINES=wasm" };
  }
  const installed = await waitForInstallation(input);
  const native = (await availableEngines(input.cacheDir)).find((engine) => engine.name === "native");
  if (native?.available) {
    return { engine: "native", reason: input.choice === "native" ? "asked for" : native.reason };
  }
  const reason = installed?.reason || native?.reason || "it is not installed";
  if (input.choice === "native" || input.mode === "native") {
    throw new TrainingError("engine_unavailable", `The native engine cannot be had: ${reason}`);
  }
  return { engine: "wasm", reason: `no native engine: ${reason}` };
}

async function waitForInstallation(input: ChooseEngineInput): Promise<{ reason: string } | undefined> {
  let hasSaid = false;
  for (;;) {
    const status = await readInstallation(input.home);
    if (status?.state !== "installing") {
      return status?.state === "unavailable" ? status : undefined;
    }
    if (!hasSaid) {
      hasSaid = true;
      await input.onWait("Waiting for the native engine, which is being installed.");
    }
    try {
      await sleep(LOOK_AGAIN_MS, undefined, { signal: input.signal });
    } catch (cause) {
      throw new TrainingError("cancelled", "stopped while waiting for the native engine", { cause });
    }
  }
}

async function readInstallation(home: string): Promise<z.infer<typeof Installation> | undefined> {
  const file = join(home, "run", "engines.json");
  try {
    const { mtimeMs } = await stat(file);
    const status = Installation.parse(JSON.parse(await readFile(file, "utf8")));
    return status.state === "installing" && Date.now() - mtimeMs > STALE_MS ? undefined : status;
  } catch {
    // Not there: nobody installs anything here, what is in the cache counts.
    return undefined;
  }
}
