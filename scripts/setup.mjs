#!/usr/bin/env node
import { run } from "./lib/console.mjs";
import { setUp } from "./lib/setup.mjs";

/** `npm run setup`: what install scripts would do. `npm start` and `npm test` call it by themselves. */
run(async () => {
  const { links, generated } = await setUp({ force: process.argv.includes("--force") });
  console.log(`Postgres libraries: ${links} links made. Prisma client: ${generated ? "generated" : "up to date"}.`);
});
