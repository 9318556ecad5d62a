import { test } from "vitest";
import type { Backend } from "#lib/engine/backends/backend.ts";
import { loadNativeBackend } from "#lib/engine/backends/native/native-backend.ts";
import { availableEngines } from "#lib/engine/engines.ts";
import { cacheFolder } from "#lib/engine/native-pin.mjs";

/**
 * A test on the native engine. Where that is not installed it counts as skipped, with the reason; with `native` in
 * ASSAY_TEST_REQUIRE it fails instead.
 */
export function nativeTest(name: string, body: (backend: Backend) => void | Promise<void>, timeoutMs = 60_000): void {
  test(
    name,
    async (context) => {
      const engines = await availableEngines(cacheFolder(process.env));
      const native = engines.find((engine) => engine.name === "native");
      if (!native?.available) {
        const required = (process.env["ASSAY_TEST_REQUIRE"] ?? "").split(",").includes("native");
        if (required) throw new Error(`the native engine is required here: ${native?.reason}`);
        context.skip(native?.reason);
      }
      await body(await loadNativeBackend());
    },
    timeoutMs,
  );
}
