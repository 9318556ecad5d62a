import { readFile, rm, stat } from "node:fs/promises";
import { expect } from "vitest";
import { bootstrap, firstBootFile } from "#lib/auth/bootstrap.ts";
import { hashKey } from "#lib/auth/key-hash.ts";
import { verifyPassword } from "#lib/auth/password.ts";
import type { Db } from "#lib/platform/db.ts";
import { pgTest, testEnv } from "#lib/testing/pg.ts";

const KEY = "a-bootstrap-key-of-some-length";

async function emptyAccess(db: Db) {
  await db.user.deleteMany();
  await db.apiKey.deleteMany();
}

pgTest(
  "two servers at once make one admin and one key, and write them down for the terminal",
  async ({ runtime, db, home, file }) => {
    await emptyAccess(db);
    const env = testEnv(file.database, home);
    const made = (await Promise.all([bootstrap(runtime, env), bootstrap(runtime, env)])).filter(
      (one) => one !== undefined,
    );
    expect(made).toHaveLength(1);
    const written: unknown = JSON.parse(await readFile(firstBootFile(home), "utf8"));
    expect(written).toEqual(made[0]);
    expect((await stat(firstBootFile(home))).mode & 0o777).toBe(0o600);

    const [admin, ...others] = await db.user.findMany();
    expect(others).toHaveLength(0);
    expect(admin).toMatchObject({ role: "admin", mustChangePassword: true, email: env.ASSAY_ADMIN_EMAIL });
    expect(await verifyPassword(admin?.passwordHash, made[0]?.password ?? "")).toBe(true);
    const [key] = await db.apiKey.findMany();
    expect(key).toMatchObject({ hash: hashKey(made[0]?.apiKey ?? ""), scopes: ["admin", "instance"] });
    const actions = (await db.auditEvent.findMany({ where: { actor: "system:bootstrap" } })).map((row) => row.action);
    expect(actions.sort()).toEqual(["api_key.create", "user.create"]);
    await rm(firstBootFile(home));
    expect(await bootstrap(runtime, env)).toBeUndefined();
  },
);

pgTest("given credentials are used as they are, and told to nobody", async ({ runtime, db, home, file }) => {
  await emptyAccess(db);
  const given = {
    ASSAY_ADMIN_EMAIL: "Boss@example.org",
    ASSAY_ADMIN_PASSWORD: "correct horse battery",
    ASSAY_BOOTSTRAP_KEY: KEY,
  };
  expect(await bootstrap(runtime, testEnv(file.database, home, given))).toBeUndefined();
  await expect(stat(firstBootFile(home))).rejects.toThrow();
  const admin = await db.user.findFirstOrThrow();
  expect(admin).toMatchObject({ email: "boss@example.org", mustChangePassword: false });
  expect(await verifyPassword(admin.passwordHash, given.ASSAY_ADMIN_PASSWORD)).toBe(true);
});

pgTest(
  "the bootstrap key is applied again when it changes, and stays revoked when it does not",
  async ({ runtime, db, home, file }) => {
    await emptyAccess(db);
    const start = (key: string | undefined) =>
      bootstrap(
        runtime,
        testEnv(file.database, home, { ASSAY_ADMIN_PASSWORD: "correct horse battery", ASSAY_BOOTSTRAP_KEY: key ?? "" }),
      );
    await start(KEY);
    await db.apiKey.updateMany({ data: { revokedAt: new Date() } });
    await start(KEY);
    expect((await db.apiKey.findFirstOrThrow()).revokedAt).not.toBeNull();
    await start(`${KEY}-next`);
    expect(await db.apiKey.findFirstOrThrow()).toMatchObject({ hash: hashKey(`${KEY}-next`), revokedAt: null });
    await start(undefined);
    expect(await db.apiKey.findMany()).toMatchObject([{ hash: hashKey(`${KEY}-next`) }]);
  },
);
