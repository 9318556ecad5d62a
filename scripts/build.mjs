#!/usr/bin/env node
import { parseArgs } from "node:util";
import { buildPages, bundle } from "./lib/build.mjs";
import { run } from "./lib/console.mjs";
import { setUp } from "./lib/setup.mjs";
import { createSteps } from "./lib/steps.mjs";

/** `npm run build`: what `npm start` and the images run. `--only=bundle` leaves the pages out; `--force` builds anew. */
run(async () => {
  const { values } = parseArgs({ options: { force: { type: "boolean" }, only: { type: "string" } } });
  const force = values.force ?? false;
  const { step } = createSteps();
  await step("Set up", async () => setUp());
  await step("Bundle server and worker", async (say) => say((await bundle({ force })) ? "dist/" : "up to date"));
  if (values.only !== "bundle") {
    await step("Build the pages", async (say) => say((await buildPages({ force })) ? ".next/" : "up to date"));
  }
});
