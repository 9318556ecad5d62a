#!/usr/bin/env node
import { run } from "./lib/console.mjs";
import { installNativeEngine } from "./lib/engines.mjs";
import { Failure } from "./lib/failure.mjs";
import { places } from "./lib/paths.mjs";
import { createSteps } from "./lib/steps.mjs";

/** `npm run engines`: installs the native training engine, or says why not (exit code 1) and what is used instead. */
run(async () => {
  const { step } = createSteps();
  const controller = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => controller.abort());
  await step("Native engine", async (say) => {
    const outcome = await installNativeEngine({ cache: places().cache, onProgress: say, signal: controller.signal });
    if (!outcome.ok) {
      throw new Failure(
        outcome.reason,
        "Nothing, if you can wait: the wasm engine trains meanwhile, several times slower.",
      );
    }
    say(outcome.reason);
  });
});
