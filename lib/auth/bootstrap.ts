import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { newApiKey } from "#lib/auth/create-api-key.ts";
import { forgetSessions } from "#lib/auth/forget-sessions.ts";
import { hashKey } from "#lib/auth/key-hash.ts";
import { hashPassword } from "#lib/auth/password.ts";
import { SCOPES, type Scope } from "#lib/auth/scopes.ts";
import { findApiKey, insertApiKey, replaceApiKeyHash } from "#lib/auth/store/api-keys.ts";
import { anyUser, insertUser, lockBootstrap } from "#lib/auth/store/users.ts";
import { audit } from "#lib/platform/audit.ts";
import { type Tx, withTransaction } from "#lib/platform/db.ts";
import type { ServerEnv } from "#lib/platform/env.ts";
import { newId } from "#lib/platform/ids.ts";
import { makeCtx, type Runtime } from "#lib/platform/runtime.ts";

const BOOTSTRAP_KEY_ID = "key_bootstrap";
const BOOTSTRAP_SCOPES: Scope[] = ["admin", "instance"];

/** What was made up on the first boot, in `ASSAY_HOME/secrets/first-boot.json` (0600) until it has been shown. */
export interface FirstBoot {
  email: string;
  password?: string;
  apiKey?: string;
}

export function firstBootFile(home: string): string {
  return join(home, "secrets", "first-boot.json");
}

/**
 * Run by every server at its start: on an empty database it makes the admin and the bootstrap key; later it applies
 * ASSAY_BOOTSTRAP_KEY again when that has changed. Of two processes at once one acts and the other finds it done.
 */
export async function bootstrap(runtime: Runtime, env: ServerEnv): Promise<FirstBoot | undefined> {
  const ctx = makeCtx(runtime, { actor: { type: "system", id: "bootstrap", scopes: SCOPES } });
  return withTransaction(ctx, async (tx) => {
    await lockBootstrap(tx.db);
    const first = !(await anyUser(tx.db));
    const password = first ? await makeAdmin(tx, env) : undefined;
    const apiKey = await applyBootstrapKey(tx, env.ASSAY_BOOTSTRAP_KEY, first);
    if (password === undefined && apiKey === undefined) {
      return undefined;
    }
    const made: FirstBoot = {
      email: env.ASSAY_ADMIN_EMAIL,
      ...(password !== undefined && { password }),
      ...(apiKey !== undefined && { apiKey }),
    };
    // Before COMMIT: secrets that could not be written down are not made at all.
    await mkdir(join(env.ASSAY_HOME, "secrets"), { recursive: true, mode: 0o700 });
    await writeFile(firstBootFile(env.ASSAY_HOME), JSON.stringify(made), { mode: 0o600 });
    return made;
  });
}

/** Returns the password if it was made up. */
async function makeAdmin(tx: Tx, env: ServerEnv): Promise<string | undefined> {
  const given = env.ASSAY_ADMIN_PASSWORD;
  const password = given ?? newId("pw").slice(3);
  const user = await insertUser(tx.db, {
    id: newId("usr"),
    email: env.ASSAY_ADMIN_EMAIL.toLowerCase(),
    name: "Admin",
    role: "admin",
    passwordHash: await hashPassword(password),
    mustChangePassword: given === undefined,
  });
  audit(tx, {
    ...{ chain: "instance", action: "user.create", subject: `user:${user.id}` },
    detail: { role: user.role },
    personal: { email: user.email, name: user.name },
  });
  return given === undefined ? password : undefined;
}

/** Returns the key if it was made up. */
async function applyBootstrapKey(tx: Tx, given: string | undefined, first: boolean): Promise<string | undefined> {
  if (given === undefined && !first) {
    return undefined;
  }
  const key = given ?? newApiKey();
  const hash = hashKey(key);
  const prefix = given === undefined ? key.slice(0, 10) : `${key.slice(0, 4)}…`;
  const present = await findApiKey(tx.db, BOOTSTRAP_KEY_ID);
  if (present?.hash === hash) {
    return undefined;
  }
  if (present === null) {
    await insertApiKey(tx.db, {
      id: BOOTSTRAP_KEY_ID,
      projectId: tx.projectId,
      name: "bootstrap",
      prefix,
      hash,
      scopes: BOOTSTRAP_SCOPES,
      userId: null,
      models: [],
      deployments: [],
      perSecond: null,
      createdBy: null,
      createdAt: tx.clock.now(),
      expiresAt: null,
    });
  } else {
    await replaceApiKeyHash(tx.db, BOOTSTRAP_KEY_ID, { hash, prefix });
    await forgetSessions(tx, BOOTSTRAP_KEY_ID);
  }
  const action = present === null ? "api_key.create" : "api_key.replace";
  audit(tx, {
    action,
    subject: `api_key:${BOOTSTRAP_KEY_ID}`,
    detail: { name: "bootstrap", scopes: BOOTSTRAP_SCOPES },
  });
  return given === undefined ? key : undefined;
}
