import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import NextAuth from "next-auth";
import { afterAll, expect, test } from "vitest";
import { createApi } from "#lib/api/app.ts";
import { nextAuthOptions } from "#lib/auth/next-auth-options.ts";
import { parseGroupRoles } from "#lib/auth/oidc-config.ts";
import { serverEnvOf } from "#lib/platform/http/host.ts";
import { newId } from "#lib/platform/ids.ts";
import type { Runtime } from "#lib/platform/runtime.ts";
import { Browser } from "#lib/testing/browser.ts";
import { startOidcProvider, type TestOidcProvider } from "#lib/testing/oidc-provider.ts";
import { pgTest } from "#lib/testing/pg.ts";
import { apiListener, frontDoor } from "#server/front-door.ts";
import { guardPages } from "#server/pages.ts";

const ROLES = "admins=instance:admin,ml=default:member,reviewers=default:reviewer,ml=team:viewer";

interface World {
  origin: string;
  provider: TestOidcProvider;
  close(): Promise<void>;
}
let world: World | undefined;
afterAll(() => world?.close());

/** The server as it is put together, with next-auth in the place of Next's pages, beside a real provider. */
async function theWorld(runtime: Runtime, settings: Record<string, unknown> = {}): Promise<World> {
  if (world === undefined) {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const provider = await startOidcProvider([`${origin}/api/auth/callback/oidc`]);
    configure(runtime, provider);
    const api = createApi(runtime);
    const limiter = { take: () => 0 };
    const pages = guardPages(serverEnvOf(runtime), { limiter, isSignedIn: api.isSignedIn }, nextAuth);
    server.on("request", frontDoor(api.prefixes, apiListener(api), pages));
    await runtime.db.project.create({ data: { id: "team", name: "Team" } });
    const close = async () => {
      server.closeAllConnections();
      server.close();
      await provider.close();
    };
    world = { origin, provider, close };
  }
  configure(runtime, world.provider, settings);
  return world;
}

function configure(runtime: Runtime, provider: TestOidcProvider, settings: Record<string, unknown> = {}): void {
  Object.assign(runtime.env, {
    ASSAY_OIDC_ISSUER: provider.issuer,
    ASSAY_OIDC_CLIENT_ID: provider.clientId,
    ASSAY_OIDC_CLIENT_SECRET: provider.clientSecret,
    ASSAY_OIDC_SCOPES: "openid email profile groups",
    ASSAY_OIDC_ROLES: ROLES,
    ASSAY_OIDC_ALLOW_SIGN_UP: true,
    ...settings,
  });
}

/** What Next's route handler does: next-auth with the request taken apart. */
async function nextAuth(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? "/", "http://host");
  if (!url.pathname.startsWith("/api/auth/")) return void response.end("a page");
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const pairs = (request.headers.cookie ?? "").split("; ").map((pair) => pair.split("=", 2).map(decodeURIComponent));
  const sent = new Headers();
  for (const [name, value] of Object.entries(request.headers)) sent.set(name, String(value));
  const query = {
    ...Object.fromEntries(url.searchParams),
    nextauth: url.pathname.slice("/api/auth/".length).split("/"),
  };
  await NextAuth(nextAuthOptions(sent))(
    Object.assign(request, {
      query,
      cookies: Object.fromEntries(pairs),
      body: Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString())),
    }),
    Object.assign(response, {
      status: (code: number) => Object.assign(response, { statusCode: code }),
      json: (body: unknown) => response.end(JSON.stringify(body)),
      send: (body: unknown) => response.end(typeof body === "string" ? body : JSON.stringify(body)),
    }),
  );
}

/** From the button to where the provider sends the browser back to: the address that carries the code. */
async function toCallback(browser: Browser, { origin, provider }: World, login: string): Promise<string> {
  const { csrfToken }: { csrfToken: string } = await (await browser.send(`${origin}/api/auth/csrf`)).json();
  const url = `${origin}/api/auth/signin/oidc`;
  const reply = await browser.post(url, { csrfToken, callbackUrl: `${origin}/runs` });
  const staysThere = (next: URL) => next.origin === provider.issuer;
  let at = await browser.follow({ url, reply }, staysThere);
  for (const form of [{ prompt: "login", login, password: "any" }, { prompt: "consent" }]) {
    if (new URL(at.url).origin !== provider.issuer) break;
    const action = /action="([^"]+)"/.exec(await at.reply.text())?.[1] ?? "";
    at = await browser.follow({ url: action, reply: await browser.post(action, form) }, staysThere);
  }
  expect(at.url).toMatch(/\/api\/auth\/callback\/oidc\?/);
  return at.url;
}

/** Where the whole dance ends: `/runs`, or the sign-in page with an error. */
async function signIn(at: World, login: string, browser = new Browser()): Promise<string> {
  const callback = await toCallback(browser, at, login);
  const end = await browser.follow({ url: callback, reply: await browser.send(callback) });
  const { pathname, search } = new URL(end.url);
  return pathname + search;
}

async function me(at: World, browser: Browser): Promise<{ status: number; id?: string; scopes?: string[] }> {
  const reply = await browser.send(`${at.origin}/api/me`);
  return { ...(await reply.json()), status: reply.status };
}

const someone = () => `${newId("p").slice(2, 12).toLowerCase()}@example.org`;

pgTest(
  "a new person gets an account, and in each project the highest role of their groups",
  async ({ runtime, db }) => {
    const at = await theWorld(runtime);
    const email = someone();
    at.provider.accounts.set("ada", { email, email_verified: true, name: "Ada", groups: ["ml", "reviewers", "other"] });
    const browser = new Browser();
    expect(await signIn(at, "ada", browser)).toBe("/runs");
    const user = await db.user.findUniqueOrThrow({
      where: { email },
      include: { memberships: true, identities: true },
    });
    expect(user).toMatchObject({ name: "Ada", role: "user", passwordHash: null });
    expect(user.identities).toMatchObject([{ issuer: at.provider.issuer, subject: "ada" }]);
    const held = user.memberships.map(({ projectId, role, source }) => `${projectId} ${role} ${source}`).sort();
    expect(held).toEqual(["default reviewer oidc", "team viewer oidc"]);
    const { id, scopes } = await me(at, browser);
    expect(id).toBe(user.id);
    expect(scopes).toContain("approvals:review");
    expect(scopes).not.toContain("admin");
    expect(await db.session.findMany({ where: { userId: user.id } })).toMatchObject([
      { method: "oidc", ip: "127.0.0.1", authenticatedAt: expect.any(Date), secondFactorAt: null },
    ]);
    const audited = await db.auditEvent.findMany({ where: { subject: `user:${user.id}` }, orderBy: { at: "asc" } });
    expect(audited.map(({ action }) => action).sort()).toEqual([
      "identity.link",
      "membership.set",
      "membership.set",
      "user.create",
    ]);
  },
);

pgTest("a group that is gone takes its membership along; what was given by hand stays", async ({ runtime, db }) => {
  const at = await theWorld(runtime);
  const email = someone();
  const groups = (names: string[]) =>
    at.provider.accounts.set("bea", { email, email_verified: true, name: "Bea", groups: names });
  groups(["ml"]);
  const first = new Browser();
  expect(await signIn(at, "bea", first)).toBe("/runs");
  expect((await me(at, first)).scopes).toContain("tracking:write");
  const { id: userId } = await db.user.findUniqueOrThrow({ where: { email } });
  await db.project.create({ data: { id: "by-hand", name: "By hand" } });
  await db.membership.create({ data: { projectId: "by-hand", userId, role: "viewer" } });

  groups(["unknown"]);
  expect(await signIn(at, "bea")).toBe("/runs");
  const left = await db.membership.findMany({ where: { userId } });
  expect(left).toMatchObject([{ projectId: "by-hand", role: "viewer", source: "manual" }]);
  // The session from before as well, at once.
  await expect.poll(async () => (await me(at, first)).scopes).not.toContain("tracking:write");
  const removed = { action: "membership.remove", subject: `user:${userId}` };
  expect(await db.auditEvent.count({ where: removed })).toBe(2);
});

pgTest(
  "no group that gives anything, and no membership: refused, and what was held is gone",
  async ({ runtime, db }) => {
    const at = await theWorld(runtime);
    const email = someone();
    const account = { email, email_verified: true, name: "Cleo" };
    at.provider.accounts.set("cleo", account);
    expect(await signIn(at, "cleo")).toBe("/sign-in?error=no_access");
    expect(await db.user.count({ where: { email } })).toBe(0);

    at.provider.accounts.set("cleo", { ...account, groups: ["ml"] });
    expect(await signIn(at, "cleo")).toBe("/runs");
    at.provider.accounts.set("cleo", { ...account, groups: [] });
    expect(await signIn(at, "cleo")).toBe("/sign-in?error=no_access");
    const user = await db.user.findUniqueOrThrow({ where: { email }, include: { memberships: true, sessions: true } });
    expect([user.memberships.length, user.sessions.length]).toEqual([0, 1]);
    const denied = { actor: `user:${user.id}`, action: "session.create", reason: "no_access" };
    expect(await db.deniedAttempt.count({ where: denied })).toBe(1);
  },
);

pgTest("an account is linked by e-mail address only if the provider vouches for it", async ({ runtime, db }) => {
  const at = await theWorld(runtime);
  const email = someone();
  const id = newId("usr");
  await db.user.create({ data: { id, email, name: "Dora", role: "user" } });
  for (const said of [{ email_verified: false }, {}]) {
    at.provider.accounts.set("dora", { email, name: "Not Dora", groups: ["admins"], ...said });
    expect(await signIn(at, "dora")).toBe("/sign-in?error=email_unverified");
  }
  expect(await db.identity.count({ where: { userId: id } })).toBe(0);
  expect((await db.user.findUniqueOrThrow({ where: { id } })).role).toBe("user");

  at.provider.accounts.set("dora", { email: email.toUpperCase(), email_verified: true, groups: ["ml"] });
  expect(await signIn(at, "dora")).toBe("/runs");
  expect(await db.identity.findFirst({ where: { userId: id } })).toMatchObject({ subject: "dora" });
  // From then on the provider's own id counts, whatever the address is.
  at.provider.accounts.set("dora", { email: someone(), email_verified: false, groups: ["ml"] });
  const browser = new Browser();
  expect(await signIn(at, "dora", browser)).toBe("/runs");
  expect((await me(at, browser)).id).toBe(id);
});

pgTest(
  "a new address that is said to be unverified, none at all, a service account: refused",
  async ({ runtime, db }) => {
    const at = await theWorld(runtime);
    const robot = { id: newId("usr"), email: someone(), name: "Robot", role: "user", kind: "service" };
    await db.user.create({ data: robot });
    const cases: [object, string][] = [
      [{ email: someone(), email_verified: false, groups: ["ml"] }, "email_unverified"],
      [{ groups: ["ml"] }, "no_email"],
      [{ email: robot.email, email_verified: true, groups: ["ml"] }, "not_a_person"],
    ];
    for (const [account, code] of cases) {
      at.provider.accounts.set("eve", account);
      expect(await signIn(at, "eve")).toBe(`/sign-in?error=${code}`);
    }
  },
);

pgTest("a disabled account stays out, and sign-up may be closed", async ({ runtime, db }) => {
  const at = await theWorld(runtime);
  const email = someone();
  at.provider.accounts.set("fay", { email, email_verified: true, groups: ["ml"] });
  expect(await signIn(at, "fay")).toBe("/runs");
  await db.user.update({ where: { email }, data: { disabledAt: new Date() } });
  expect(await signIn(at, "fay")).toBe("/sign-in?error=account_disabled");

  await theWorld(runtime, { ASSAY_OIDC_ALLOW_SIGN_UP: false });
  at.provider.accounts.set("gil", { email: someone(), email_verified: true, groups: ["ml"] });
  expect(await signIn(at, "gil")).toBe("/sign-in?error=sign_up_closed");
});

pgTest("the group of instance admins gives and takes that role, but not the last one's", async ({ runtime, db }) => {
  const at = await theWorld(runtime);
  const email = someone();
  const groups = (names: string[]) => at.provider.accounts.set("ida", { email, email_verified: true, groups: names });
  const role = async () => (await db.user.findUniqueOrThrow({ where: { email } })).role;
  groups(["admins"]);
  const browser = new Browser();
  expect(await signIn(at, "ida", browser)).toBe("/runs");
  expect((await me(at, browser)).scopes).toContain("instance");
  groups(["ml"]);
  expect(await signIn(at, "ida")).toBe("/runs");
  expect(await role()).toBe("admin");
  await db.user.create({ data: { id: newId("usr"), email: someone(), name: "Other", role: "admin" } });
  expect(await signIn(at, "ida")).toBe("/runs");
  expect(await role()).toBe("user");
});

pgTest("an altered state, nonce or verifier, and a code that is used again, open nothing", async ({ runtime, db }) => {
  const at = await theWorld(runtime);
  at.provider.accounts.set("jo", { email: someone(), email_verified: true, groups: ["ml"] });
  const sessions = () => db.session.count();
  const before = await sessions();
  const endOf = async (browser: Browser, url: string) => {
    const { pathname, searchParams } = new URL((await browser.follow({ url, reply: await browser.send(url) })).url);
    return [pathname, searchParams.get("error")];
  };
  const refused = ["/sign-in", "OAuthCallback"];

  const altered = new Browser();
  const callback = new URL(await toCallback(altered, at, "jo"));
  callback.searchParams.set("state", "another");
  expect(await endOf(altered, callback.href)).toEqual(refused);

  // A page of another site that has got hold of a code: the victim's browser never began.
  const stranger = new Browser();
  expect(await endOf(stranger, await toCallback(new Browser(), at, "jo"))).toEqual(refused);

  for (const part of ["nonce", "pkce.code_verifier", "state"]) {
    const [mine, other] = [new Browser(), new Browser()];
    const url = await toCallback(mine, at, "jo");
    await toCallback(other, at, "jo");
    const name = `next-auth.${part}`;
    const foreign = other.jar(at.origin).get(name);
    expect(foreign, name).toBeDefined();
    mine.jar(at.origin).set(name, foreign ?? "");
    expect(await endOf(mine, url), part).toEqual(refused);
  }
  expect(await sessions()).toBe(before);

  const honest = new Browser();
  const used = await toCallback(honest, at, "jo");
  expect(await endOf(honest, used)).toEqual(["/runs", null]);
  expect(await endOf(honest, used)).toEqual(refused);
  expect(await sessions()).toBe(before + 1);
});

pgTest("whoever says no at the provider is back at the sign-in", async ({ runtime }) => {
  const at = await theWorld(runtime);
  const reply = await new Browser().send(`${at.origin}/api/auth/callback/oidc?error=access_denied&state=x`);
  expect(reply.headers.get("location")).toMatch(/\/sign-in\?error=|\/api\/auth\/error\?error=/);
});

test("the mapping of groups is read, or told what is wrong with it", () => {
  expect(parseGroupRoles("")).toEqual([]);
  expect(parseGroupRoles("a=instance:admin, b c=default:viewer")).toEqual([
    { group: "a", target: { instance: true } },
    { group: "b c", target: { projectId: "default", role: "viewer" } },
  ]);
  expect(parseGroupRoles("cn=ml,ou=groups=default:member;x=team:admin")).toMatchObject([
    { group: "cn=ml,ou=groups" },
    { group: "x" },
  ]);
  for (const wrong of ["ml", "ml=default", "ml=default:owner", "ml=instance:viewer", "=default:member"]) {
    expect(() => parseGroupRoles(wrong), wrong).toThrow("ASSAY_OIDC_ROLES");
  }
});
