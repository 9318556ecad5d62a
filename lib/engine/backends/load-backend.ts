import type { Backend } from "#lib/engine/backends/backend.ts";
import { TrainingError } from "#lib/engine/child/protocol.ts";
import type { EngineName } from "#lib/engine/schemas.ts";

/**
 * Loads one engine into this process; the other's libraries stay out of it.
 *
 * @throws TrainingError `engine_unavailable` with the reason.
 */
export async function loadBackend(name: EngineName): Promise<Backend> {
  if (name === "wasm") return (await import("#lib/engine/backends/wasm/wasm-backend.ts")).loadWasmBackend();
  throw new TrainingError("engine_unavailable", "the native engine is not installed");
}
