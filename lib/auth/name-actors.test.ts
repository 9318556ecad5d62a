import { expect } from "vitest";
import { nameActors } from "#lib/auth/name-actors.ts";
import { newId } from "#lib/platform/ids.ts";
import { pgTest } from "#lib/testing/pg.ts";

pgTest("people, keys with their owners, and the system have names; who is unknown has none", async ({ ctx, db }) => {
  const id = newId("usr");
  await db.user.create({ data: { id, email: `${id.toLowerCase()}@example.org`, name: "Ana", role: "user" } });
  const makeKey = async (name: string, userId: string | null) => {
    const key = newId("key");
    const { projectId } = ctx;
    await db.apiKey.create({ data: { id: key, projectId, name, prefix: "ask_x", hash: key, scopes: [], userId } });
    return `apiKey:${key}`;
  };
  const hers = await makeKey("ci", id);
  const nobodys = await makeKey("bootstrap", null);
  const asked = [`user:${id}`, hers, nobodys, "system:quickstart", "worker:trainer", "anonymous", "user:usr_gone"];
  expect(await nameActors(ctx, [...asked, `user:${id}`])).toEqual({
    [`user:${id}`]: "Ana",
    [hers]: 'the key "ci" of Ana',
    [nobodys]: 'the key "bootstrap"',
    "system:quickstart": "the system (quickstart)",
    "worker:trainer": "the worker (trainer)",
  });
  expect(await nameActors(ctx, [])).toEqual({});
});
