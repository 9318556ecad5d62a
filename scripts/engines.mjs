#!/usr/bin/env node
import { run } from "./lib/console.mjs";
import { installNativeEngine } from "./lib/engines.mjs";
import { places } from "./lib/paths.mjs";
import { createSteps } from "./lib/steps.mjs";

/** `npm run engines`: installs the native training engine, or says why not (exit code 1) and what is used instead. */
run(async () => {
  const { step, note } = createSteps();
  const controller = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => controller.abort());
  const { cache } = places();
  const outcome = await step("Native engine", async (say) => {
    const result = await installNativeEngine({ cache, onProgress: say, signal: controller.signal });
    say(result.reason);
    return result;
  });
  if (!outcome.ok) {
    note("  Training uses the wasm engine, which needs nothing and is several times slower.");
    process.exitCode = 1;
  }
});
