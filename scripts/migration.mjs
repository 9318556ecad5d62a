#!/usr/bin/env node
import { spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { run } from "./lib/console.mjs";
import { Failure } from "./lib/failure.mjs";
import { migrateDatabase } from "./lib/migrate.mjs";
import { ROOT } from "./lib/paths.mjs";
import { startPostgres } from "./lib/postgres.mjs";

/**
 * `npm run migration -- <name>`: writes a new migration, the difference between the migrations so far and
 * `prisma/schema/`, by `prisma migrate dev --create-only` on a Postgres of its own. Read it, and add what the schema
 * cannot say (checks, triggers, grants), before it is applied anywhere. `-- --prisma <args>` runs another command there.
 */
run(async () => {
  const [name, ...rest] = process.argv.slice(2);
  if (!name) throw new Failure("A migration needs a name.", "npm run migration -- add_approvals");
  const args = name === "--prisma" ? rest : ["migrate", "dev", "--create-only", "--name", name];
  const home = fs.mkdtempSync(path.join(os.tmpdir(), "assay-migration-"));
  const postgres = await startPostgres({ home, durable: false });
  try {
    await migrateDatabase({ url: postgres.urls.owner });
    // The superuser: Prisma makes and drops a shadow database.
    const url = new URL(postgres.urls.superuser);
    url.pathname = new URL(postgres.urls.owner).pathname;
    process.exitCode = await prisma(args, url.href);
  } finally {
    await postgres.destroy();
    fs.rmSync(home, { recursive: true, force: true });
  }
});

/**
 * @param {string[]} args
 * @param {string} url
 * @returns {Promise<number>} its exit code
 */
function prisma(args, url) {
  const env = {
    ...process.env,
    DATABASE_URL: url,
    MIGRATE_DATABASE_URL: url,
    PRISMA_SCHEMA_ENGINE_BINARY: path.join(ROOT, "scripts", "prisma-engine.mjs"),
    CHECKPOINT_DISABLE: "1",
  };
  const cli = path.join(ROOT, "node_modules", "prisma", "build", "index.js");
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [cli, ...args], { cwd: ROOT, env, stdio: "inherit" });
    child.on("error", reject).on("close", (code) => resolve(code ?? 1));
  });
}
