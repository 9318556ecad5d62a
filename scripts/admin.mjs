#!/usr/bin/env node
import { parseArgs } from "node:util";
import { grantAdmin } from "#lib/auth/grant-admin.ts";
import { resetPassword } from "#lib/auth/reset-password.ts";
import { SCOPES } from "#lib/auth/scopes.ts";
import { BaseEnv, parseEnv } from "#lib/platform/env.ts";
import { closeRuntime, makeCtx, openRuntime } from "#lib/platform/runtime.ts";
import { run } from "./lib/console.mjs";
import { databaseUrl } from "./lib/database-url.mjs";
import { loadEnvFile } from "./lib/env-file.mjs";
import { Failure } from "./lib/failure.mjs";
import { places } from "./lib/paths.mjs";

const USAGE = "npm run admin -- reset-password [--email you@example.org] | grant-admin --email you@example.org";

/**
 * `npm run admin -- reset-password | grant-admin`: what an administrator does on the machine itself, with or without a
 * running Assay.
 */
run(async () => {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { email: { type: "string" } } });
  const [command] = positionals;
  if (command !== "reset-password" && command !== "grant-admin") throw new Failure("Which command?", USAGE);
  if (command === "grant-admin" && !values.email) throw new Failure("Whom?", USAGE);
  loadEnvFile();
  const { home, cache } = places();
  const database = await databaseUrl({ home, role: "app" });
  try {
    const settings = { ASSAY_HOME: home, ASSAY_CACHE: cache, DATABASE_URL: database.url, ASSAY_LOG_LEVEL: "error" };
    const runtime = openRuntime(parseEnv(BaseEnv, { ...process.env, ...settings }), { name: "admin" });
    const ctx = makeCtx(runtime, { actor: { type: "system", id: "admin-command", scopes: SCOPES } });
    if (command === "grant-admin") {
      const { email } = await grantAdmin(ctx, { email: values.email ?? "" });
      console.log(`${email} is an admin of the instance, and enabled.`);
      return;
    }
    const { email, password } = await resetPassword(ctx, values.email ? { email: values.email } : {});
    console.log(
      `${email}\n${password}\n\nShown this once; it has to be changed at the next sign-in. Sessions were ended.`,
    );
  } finally {
    await closeRuntime();
    await database.close();
  }
});
