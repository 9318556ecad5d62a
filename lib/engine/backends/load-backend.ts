import type { Backend } from "#lib/engine/backends/backend.ts";
import type { EngineName } from "#lib/engine/schemas.ts";

/**
 * Loads one engine into this process; the other's libraries stay out of it.
 *
 * @throws TrainingError `engine_unavailable` with the reason.
 */
export async function loadBackend(name: EngineName): Promise<Backend> {
  if (name === "wasm") return (await import("#lib/engine/backends/wasm/wasm-backend.ts")).loadWasmBackend();
  return (await import("#lib/engine/backends/native/native-backend.ts")).loadNativeBackend();
}
