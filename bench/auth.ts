import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Hono } from "hono";
import { encode } from "next-auth/jwt";
import { z } from "zod";
import { getAuthenticator } from "#lib/auth/authenticate-request.ts";
import { hashKey } from "#lib/auth/key-hash.ts";
import { openSession } from "#lib/auth/open-session.ts";
import { SCOPES } from "#lib/auth/scopes.ts";
import { withTransaction } from "#lib/platform/db.ts";
import { parseEnv, ServerEnv } from "#lib/platform/env.ts";
import { mountRoutes } from "#lib/platform/http/mount.ts";
import { route } from "#lib/platform/http/route.ts";
import { newId, newSecret } from "#lib/platform/ids.ts";
import { closeRuntime, makeCtx, openRuntime } from "#lib/platform/runtime.ts";
import { migrateDatabase } from "../scripts/lib/migrate.mjs";
import { startPostgres } from "../scripts/lib/postgres.mjs";

/**
 * `npm run bench:auth`: what authentication and authorisation cost an API request. One cheap route is asked in this
 * process, without a socket, as an open door, with keys and with sessions, one after another in every round; first with
 * few keys in the database, then with many, all of them in use. "known": the process has looked within 5 s; "read": it
 * looks in the database. Prints a table of medians (so that other work on the machine does
 * not count), and everything as one line of JSON.
 */
const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    requests: { type: "string", default: "2000" },
    reads: { type: "string", default: "200" },
    keys: { type: "string", default: "10000" },
  },
});
const [rounds, requests, reads, manyKeys] = [values.rounds, values.requests, values.reads, values.keys].map(Number);
if (rounds === undefined || requests === undefined || reads === undefined || manyKeys === undefined) process.exit(2);
const FEW = 10;
const OWNERS = 100;
const SLICE = 500;

interface Sample {
  name: string;
  keysInDatabase: number;
  microseconds: number;
  aboveOpenDoor: number;
}

const home = await mkdtemp(join(tmpdir(), "assay-bench-"));
const postgres = await startPostgres({ home, durable: true });
try {
  await migrateDatabase({ url: postgres.urls.owner });
  const env = parseEnv(ServerEnv, {
    NODE_ENV: "production",
    DATABASE_URL: postgres.urls.app,
    ASSAY_HOME: join(home, "home"),
    ASSAY_CACHE: join(home, "cache"),
    ASSAY_LOG_LEVEL: "error",
    ASSAY_SECRET: newSecret(),
    ASSAY_RATE_LIMIT: "1000000",
    ASSAY_RATE_BURST: "1000000",
  });
  const runtime = openRuntime(env, { name: "bench" });
  // Counted, so that "known" is known indeed. What other processes would say by NOTIFY is said here at once: `forget("")` empties the process's memory.
  let forget: (payload: string) => void = () => undefined;
  let queries = 0;
  const listening = {
    ...runtime,
    pool: new Proxy(runtime.pool, {
      get: (pool, name) => {
        if (name === "query") queries += 1;
        const value: unknown = Reflect.get(pool, name);
        return typeof value === "function" ? value.bind(pool) : value;
      },
    }),
    notify: {
      ...runtime.notify,
      listen: async (_channel: string, listener: (payload: string) => void) => {
        forget = listener;
        return () => undefined;
      },
    },
  };
  const authenticator = getAuthenticator(listening, env.ASSAY_SECRET);
  const app = new Hono();
  const cheap = {
    method: "get",
    summary: "The same for all",
    tag: "Bench",
    response: z.object({ ok: z.boolean() }),
  } as const;
  const handle = () => ({ ok: true });
  mountRoutes(
    app,
    [
      route({ ...cheap, path: "/open", auth: "public", handle }),
      route({ ...cheap, path: "/closed", auth: "tracking:read", handle }),
    ],
    {
      runtime,
      scopes: SCOPES,
      authenticate: (headers, project) => authenticator.authenticate(headers, project),
      recordDenied: () => undefined,
    },
  );

  const ctx = makeCtx(runtime, { actor: { type: "system", id: "bench", scopes: SCOPES } });
  const owners = Array.from({ length: OWNERS }, () => newId("usr"));
  await runtime.db.user.createMany({
    data: owners.map((id) => ({ id, email: `${id.toLowerCase()}@example.org`, name: "Owner", role: "user" })),
  });
  await runtime.db.membership.createMany({
    data: owners.map((userId) => ({ projectId: "default", userId, role: "member" })),
  });
  const makeKeys = async (count: number) => {
    const made = Array.from({ length: count }, () => `ask_${newSecret()}`);
    const now = new Date();
    await runtime.db.apiKey.createMany({
      data: made.map((key, index) => ({
        ...{ id: newId("key"), projectId: "default", name: "bench", prefix: key.slice(0, 10), hash: hashKey(key) },
        ...{ scopes: ["tracking:read", "registry:read"], userId: owners[index % OWNERS] ?? null, lastUsedAt: now },
      })),
    });
    await runtime.pool.query("ANALYZE");
    return made.map((key) => ({ Authorization: `Bearer ${key}` }));
  };
  const makeSessions = async (count: number) => {
    const cookies: { Cookie: string }[] = [];
    for (const userId of owners.slice(0, count)) {
      const { sid } = await withTransaction(ctx, (tx) => openSession(tx, { userId, method: "password" }));
      cookies.push({ Cookie: `assay.session=${await encode({ token: { sid }, secret: env.ASSAY_SECRET })}` });
    }
    return cookies;
  };

  /** Microseconds of each request. With `anew` nothing of it is known when it comes. */
  const time = async (path: string, callers: Record<string, string>[], count: number, anew: boolean) => {
    const taken: number[] = [];
    for (let index = 0; index < count; index += 1) {
      const headers = callers[index % callers.length] ?? {};
      if (anew) forget("");
      const started = performance.now();
      const response = await app.request(path, { headers });
      taken.push((performance.now() - started) * 1_000);
      if (response.status !== 200) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    }
    return taken;
  };

  const measure = async (keysInDatabase: number, cases: [string, () => Promise<number[]>][]): Promise<Sample[]> => {
    const taken = new Map<string, number[]>(cases.map(([name]) => [name, []]));
    for (let round = 0; round <= rounds; round += 1) {
      for (const [name, run] of cases) {
        const microseconds = await run();
        // Round 0 warms up.
        if (round > 0) taken.get(name)?.push(...microseconds);
      }
    }
    const open = median(taken.get(cases[0]?.[0] ?? "") ?? []);
    return [...taken].map(([name, samples]) => {
      const microseconds = median(samples);
      return { name, keysInDatabase, microseconds: round1(microseconds), aboveOpenDoor: round1(microseconds - open) };
    });
  };

  const few = await makeKeys(FEW);
  const sessions = await makeSessions(FEW);
  /** What is read is believed for 5 s, so the process gets to know some callers, then answers those, until all had a turn. */
  const known = (callers: Record<string, string>[]) => async () => {
    const slices = Math.ceil(callers.length / SLICE);
    const taken: number[] = [];
    for (let slice = 0; slice < slices; slice += 1) {
      const some = callers.slice(slice * SLICE, (slice + 1) * SLICE);
      await Promise.all(some.map((headers) => app.request("/closed", { headers })));
      const before = queries;
      taken.push(...(await time("/closed", some, Math.ceil(requests / slices), false)));
      if (queries - before > requests / slices / 100) {
        throw new Error(`${queries - before} requests asked the database: this machine is too busy to measure`);
      }
    }
    return taken;
  };
  const common = (): [string, () => Promise<number[]>][] => [
    ["open door", () => time("/open", [{}], requests, false)],
    [`${FEW} keys, known`, known(few)],
    [`${FEW} sessions, known`, known(sessions)],
    ["a key, read", () => time("/closed", few, reads, true)],
    ["a session, read", () => time("/closed", sessions, reads, true)],
  ];
  const atFirst = await measure(FEW, common());
  const many = [...few, ...(await makeKeys(manyKeys - FEW))];
  const later = await measure(manyKeys, [
    ...common(),
    [`${manyKeys} keys, known`, known(many)],
    [`one of ${manyKeys} keys, read`, () => time("/closed", many, reads, true)],
  ]);
  const samples = [...atFirst, ...later];
  console.table(samples);
  console.log(JSON.stringify({ bench: "auth", rounds, requests, reads, samples }));
} finally {
  await closeRuntime();
  await postgres.destroy();
  await rm(home, { recursive: true, force: true });
}

function median(numbers: number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function round1(number: number): number {
  return Math.round(number * 10) / 10;
}
