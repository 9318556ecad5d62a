#!/usr/bin/env node
import { run } from "./lib/console.mjs";
import { checkNode } from "./lib/node-version.mjs";

/** `npm start`: everything from a bare clone to a page in the browser. Plain Node: it runs before there are packages. */
run(async () => {
  checkNode();
  const { loadEnvFile } = await import("./lib/env-file.mjs");
  const { watchParent } = await import("./lib/parent.mjs");
  const { readOptions, USAGE } = await import("./lib/start-options.mjs");
  const { runAssay } = await import("./lib/start-run.mjs");

  loadEnvFile();
  const options = await readOptions(process.argv.slice(2));
  if (options === "help") {
    console.log(USAGE);
    return;
  }
  const life = new AbortController();
  // The first signal begins the end; npm forwards the terminal's Ctrl-C as well, so a second one says nothing new.
  for (const name of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) {
    process.on(name, () => life.abort(name));
  }
  // Only under npm: a start that was put into the background on purpose outlives its shell.
  if (process.env["npm_lifecycle_event"]) watchParent(() => life.abort("the parent process ended"));
  try {
    await runAssay(options, { signal: life.signal, stop: (reason) => life.abort(reason) });
  } catch (error) {
    // What breaks off because we were told to stop is no fault.
    if (!life.signal.aborted) throw error;
  }
  if (life.signal.reason instanceof Error) throw life.signal.reason;
  process.exit(process.exitCode ?? 0);
});
