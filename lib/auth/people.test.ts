import { expect } from "vitest";
import { acceptInvitation, joinByInvitation } from "#lib/auth/accept-invitation.ts";
import { createProject } from "#lib/auth/create-project.ts";
import { createServiceAccount } from "#lib/auth/create-service-account.ts";
import { grantAdmin } from "#lib/auth/grant-admin.ts";
import { invite } from "#lib/auth/invite.ts";
import { listInvitations } from "#lib/auth/list-invitations.ts";
import { listMembers } from "#lib/auth/list-members.ts";
import { listProjects } from "#lib/auth/list-projects.ts";
import { listServiceAccounts } from "#lib/auth/list-service-accounts.ts";
import { listSessions } from "#lib/auth/list-sessions.ts";
import { listUsers } from "#lib/auth/list-users.ts";
import { lookUpInvitation } from "#lib/auth/look-up-invitation.ts";
import { removeMember } from "#lib/auth/remove-member.ts";
import { resolveSession } from "#lib/auth/resolve-session.ts";
import { revokeInvitation } from "#lib/auth/revoke-invitation.ts";
import { revokeSession } from "#lib/auth/revoke-session.ts";
import { setMember } from "#lib/auth/set-member.ts";
import { signIn } from "#lib/auth/sign-in.ts";
import { storeActor } from "#lib/auth/testing/store-actor.ts";
import { updateProject } from "#lib/auth/update-project.ts";
import { updateServiceAccount } from "#lib/auth/update-service-account.ts";
import { updateUser } from "#lib/auth/update-user.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { newId } from "#lib/platform/ids.ts";
import { makeCtx, type Runtime } from "#lib/platform/runtime.ts";
import { pgTest } from "#lib/testing/pg.ts";

const PASSWORD = "a password of some length";
const address = () => `${newId("p").toLowerCase()}@example.org`;
const visitor = (runtime: Runtime) => makeCtx(runtime, { actor: { type: "anonymous", scopes: [] } });

async function makePerson(runtime: Runtime, more: { role?: "admin" | "user" } = {}) {
  const id = newId("usr");
  const email = address();
  return runtime.db.user.create({ data: { id, email, name: "Someone", role: more.role ?? "user" } });
}

/** A context of that person, as a session in `projectId` would have it. */
function asPerson(ctx: Ctx, user: { id: string; email: string; name: string }, scopes: string[] = []): Ctx {
  return { ...ctx, actor: { type: "user", id: user.id, email: user.email, name: user.name, scopes } };
}

async function auditOf(ctx: Ctx, subject: string) {
  const rows = await ctx.db.auditEvent.findMany({ where: { subject }, orderBy: [{ chain: "asc" }, { seq: "asc" }] });
  return rows.map((row) => row.action);
}

pgTest("who lacks the scope changes nobody and nothing", async ({ make }) => {
  const reader = await make.ctx({ scopes: ["tracking:read", "registry:read", "approvals:read"] });
  const admin = await make.ctx({ scopes: ["admin"] });
  const email = address();
  const asAdmin: [string, () => Promise<unknown>][] = [
    ["listMembers", () => listMembers(reader)],
    ["setMember", () => setMember(reader, { userId: "x", role: "viewer" })],
    ["removeMember", () => removeMember(reader, { userId: "x" })],
    ["invite", () => invite(reader, { email, role: "viewer" })],
    ["listInvitations", () => listInvitations(reader)],
    ["revokeInvitation", () => revokeInvitation(reader, { id: "x" })],
    ["createServiceAccount", () => createServiceAccount(reader, { name: "x", role: "viewer" })],
    ["listServiceAccounts", () => listServiceAccounts(reader)],
    ["updateServiceAccount", () => updateServiceAccount(reader, { id: "x", disabled: true })],
    ["updateProject", () => updateProject(reader, { id: reader.projectId, name: "x" })],
  ];
  for (const [name, act] of asAdmin) await expect(act(), name).rejects.toThrow("scope admin");
  const ofTheInstance: [string, () => Promise<unknown>][] = [
    ["listUsers", () => listUsers(admin)],
    ["updateUser", () => updateUser(admin, { id: "x", role: "admin" })],
    ["grantAdmin", () => grantAdmin(admin, { email })],
    ["createProject", () => createProject(admin, { id: "mine", name: "Mine" })],
    ["archive", () => updateProject(admin, { id: admin.projectId, archived: true })],
    ["listSessions", () => listSessions(admin, { userId: "x" })],
    ["revokeSession", () => revokeSession(admin, { id: "x", userId: "y" })],
  ];
  for (const [name, act] of ofTheInstance) await expect(act(), name).rejects.toThrow("scope instance");
});

pgTest("a project is made, renamed, archived and restored, each on record", async ({ ctx, db }) => {
  const id = `p-${newId("x")
    .slice(2, 12)
    .toLowerCase()
    .replace(/[^a-z0-9]/g, "0")}`;
  await createProject(ctx, { id, name: `Name of ${id}` });
  await expect(createProject(ctx, { id, name: "another" })).rejects.toMatchObject({ code: "project_exists" });
  await expect(createProject(ctx, { id: `${id}x`, name: `Name of ${id}` })).rejects.toMatchObject({ kind: "conflict" });
  await expect(createProject(ctx, { id: "Not A Slug", name: "x" })).rejects.toThrow();
  await updateProject(ctx, { id, name: `New name of ${id}`, description: "About." });
  await updateProject(ctx, { id, archived: true });
  const listed = (await listProjects(ctx)).find((project) => project.id === id);
  expect(listed).toMatchObject({ name: `New name of ${id}`, description: "About.", role: "admin", current: false });
  expect(listed?.archivedAt).not.toBeNull();
  await updateProject(ctx, { id, archived: false });
  expect((await db.project.findUniqueOrThrow({ where: { id } })).archivedAt).toBeNull();
  expect(await auditOf(ctx, `project:${id}`)).toEqual(["project.create", ...Array(3).fill("project.update")]);
  await expect(updateProject(ctx, { id: "default", archived: true })).rejects.toMatchObject({
    code: "default_project",
  });
  await expect(updateProject(ctx, { id: "nowhere", name: "x" })).rejects.toThrow("not found");
});

pgTest("a project's admin does not reach another project", async ({ ctx, make, runtime }) => {
  const person = await makePerson(runtime);
  await setMember(ctx, { userId: person.id, role: "member" });
  const other = await make.ctx({ scopes: ["admin"], projectId: "default" });
  await expect(updateProject(other, { id: ctx.projectId, name: "taken over" })).rejects.toThrow("not found");
  await expect(setMember(other, { userId: person.id, role: "admin" })).rejects.toThrow("not found");
  await expect(removeMember(other, { userId: person.id })).rejects.toThrow("not found");
  const made = await invite(ctx, { email: address(), role: "viewer" });
  await expect(revokeInvitation(other, { id: made.id })).rejects.toThrow("not found");
  const account = await createServiceAccount(ctx, { name: "CI", role: "member" });
  await expect(updateServiceAccount(other, { id: account.id, disabled: true })).rejects.toThrow("not found");
  expect((await listMembers(other)).map((member) => member.userId)).not.toContain(person.id);
  const mine = await listProjects(asPerson(other, person));
  expect(mine.map((project) => [project.id, project.role])).toEqual([[ctx.projectId, "member"]]);
});

pgTest("members are set, given grants and removed, with their details apart", async ({ ctx, db, runtime }) => {
  const person = await makePerson(runtime);
  const admin = await makePerson(runtime, { role: "admin" });
  await setMember(ctx, { userId: person.id, role: "reviewer", grants: ["emergency"] });
  await setMember(ctx, { userId: person.id, role: "member" });
  const members = await listMembers(ctx);
  expect(members.find((one) => one.userId === person.id)).toMatchObject({
    ...{ role: "member", grants: ["emergency"], source: "manual", kind: "person", email: person.email },
  });
  expect(members.find((one) => one.userId === admin.id)).toMatchObject({ role: "admin", source: "instance" });
  await removeMember(ctx, { userId: person.id });
  expect((await listMembers(ctx)).map((one) => one.userId)).not.toContain(person.id);
  await expect(removeMember(ctx, { userId: person.id })).rejects.toThrow("not found");
  const rows = await db.auditEvent.findMany({ where: { subject: `user:${person.id}` }, orderBy: { seq: "asc" } });
  expect(rows.map((row) => row.action)).toEqual(["member.add", "member.update", "member.remove"]);
  expect(rows.every((row) => row.chain === `project:${ctx.projectId}`)).toBe(true);
  expect(JSON.stringify(rows.map((row) => row.detail))).not.toContain(person.email);
});

pgTest("a service account is no person: no sign-in, no grants, disabled instead of removed", async ({ ctx, db }) => {
  const account = await createServiceAccount(ctx, { name: "nightly", role: "member" });
  const { email } = await db.user.findUniqueOrThrow({ where: { id: account.id } });
  await expect(signIn(ctx, { email, password: "" })).rejects.toThrow("do not match");
  await expect(setMember(ctx, { userId: account.id, role: "member", grants: ["emergency"] })).rejects.toThrow("people");
  await expect(removeMember(ctx, { userId: account.id })).rejects.toMatchObject({ code: "service_account" });
  await expect(updateUser(ctx, { id: account.id, role: "admin" })).rejects.toThrow("not found");
  await updateServiceAccount(ctx, { id: account.id, disabled: true });
  expect((await listServiceAccounts(ctx))[0]).toMatchObject({
    id: account.id,
    keys: 0,
    disabledAt: expect.any(String),
  });
  await updateServiceAccount(ctx, { id: account.id, disabled: false });
  expect(await auditOf(ctx, `user:${account.id}`)).toEqual([
    ...["service_account.create", "service_account.update", "service_account.update"],
  ]);
});

pgTest("an invitation makes an account once, however many accept it at the same time", async ({ ctx, db, runtime }) => {
  await storeActor(ctx);
  const email = address();
  const { token, path, id } = await invite(ctx, { email: email.toUpperCase(), role: "reviewer" });
  expect(path).toBe(`/invite#${token}`);
  const row = await db.invitation.findUniqueOrThrow({ where: { id } });
  expect(JSON.stringify(row)).not.toContain(token);
  const guest = visitor(runtime);
  expect(await lookUpInvitation(guest, { token })).toMatchObject({ email, role: "reviewer", hasAccount: false });
  const accept = () => acceptInvitation(guest, { token, name: "New Person", password: PASSWORD });
  await expect(acceptInvitation(guest, { token, name: "x", password: "short" })).rejects.toThrow("at least 12");
  const outcomes = await Promise.allSettled(Array.from({ length: 8 }, accept));
  expect(outcomes.filter((one) => one.status === "fulfilled")).toHaveLength(1);
  const user = await db.user.findUniqueOrThrow({ where: { email }, include: { memberships: true } });
  expect(user.memberships).toMatchObject([{ projectId: ctx.projectId, role: "reviewer" }]);
  expect(await signIn(guest, { email, password: PASSWORD })).toMatchObject({ userId: user.id });
  expect(await listInvitations(ctx)).toMatchObject([{ id, state: "accepted" }]);
  expect(await auditOf(ctx, `invitation:${id}`)).toEqual(["invitation.create", "invitation.accept"]);
  expect(await auditOf(ctx, `user:${user.id}`)).toEqual(["user.create"]);
  await expect(lookUpInvitation(guest, { token })).rejects.toMatchObject({ code: "no_such_invitation" });
});

pgTest("two invitations of one address, accepted at once, make one account", async ({ ctx, make, runtime, db }) => {
  const email = address();
  const other = await make.ctx({ projectId: "default" });
  for (const one of [ctx, other]) await storeActor(one);
  const tokens = [await invite(ctx, { email, role: "viewer" }), await invite(other, { email, role: "viewer" })];
  const guest = visitor(runtime);
  const outcomes = await Promise.allSettled(
    tokens.map(({ token }) => acceptInvitation(guest, { token, name: "Twice", password: PASSWORD })),
  );
  expect(outcomes.map((one) => one.status).sort()).toEqual(["fulfilled", "rejected"]);
  expect(outcomes.find((one) => one.status === "rejected")?.reason).toMatchObject({ code: "has_account" });
  // The one that was refused is not used up: its person joins by it.
  const user = await db.user.findUniqueOrThrow({ where: { email } });
  const left = tokens[outcomes.findIndex((one) => one.status === "rejected")]?.token ?? "";
  await joinByInvitation(asPerson(guest, user), { token: left });
  expect(await db.membership.count({ where: { userId: user.id } })).toBe(2);
});

pgTest(
  "who has an account joins by signing in, and only with the address that was invited",
  async ({ ctx, runtime, db }) => {
    await storeActor(ctx);
    const [person, stranger] = [await makePerson(runtime), await makePerson(runtime)];
    const { token } = await invite(ctx, { email: person.email, role: "member" });
    const guest = visitor(runtime);
    const asNew = acceptInvitation(guest, { token, name: "x", password: PASSWORD });
    await expect(asNew).rejects.toMatchObject({ code: "has_account" });
    await expect(joinByInvitation(guest, { token })).rejects.toThrow("signed-in");
    await expect(joinByInvitation(asPerson(ctx, stranger), { token })).rejects.toMatchObject({ code: "other_address" });
    await joinByInvitation(asPerson(ctx, person), { token });
    expect(await db.membership.findMany({ where: { userId: person.id } })).toMatchObject([
      { projectId: ctx.projectId, role: "member" },
    ]);
    await expect(joinByInvitation(asPerson(ctx, person), { token })).rejects.toThrow("not found");
    const again = invite(ctx, { email: person.email, role: "admin" });
    await expect(again).rejects.toMatchObject({ code: "already_member" });
  },
);

pgTest(
  "a link ends by revocation, by a newer one, by its time and with its project",
  async ({ ctx, runtime, make }) => {
    await storeActor(ctx);
    const guest = visitor(runtime);
    const email = address();
    const first = await invite(ctx, { email, role: "viewer" });
    const second = await invite(ctx, { email, role: "viewer" });
    await expect(lookUpInvitation(guest, { token: first.token })).rejects.toThrow("not found");
    const late = { ...guest, clock: { now: () => new Date(Date.now() + 7 * 86_400_000 + 1_000) } };
    await expect(lookUpInvitation(late, { token: second.token })).rejects.toThrow("not found");
    expect((await lookUpInvitation(guest, { token: second.token })).email).toBe(email);
    await revokeInvitation(ctx, { id: second.id });
    await expect(lookUpInvitation(guest, { token: second.token })).rejects.toThrow("not found");
    await expect(revokeInvitation(ctx, { id: second.id })).rejects.toThrow("not found");
    expect((await listInvitations(ctx)).map((one) => one.state)).toEqual(["revoked", "revoked"]);
    const third = await invite(ctx, { email, role: "viewer" });
    const instance = await make.ctx();
    await updateProject(instance, { id: ctx.projectId, archived: true });
    await expect(lookUpInvitation(guest, { token: third.token })).rejects.toThrow("not found");
  },
);

pgTest("disabling ends sessions and open invitations, enabling brings neither back", async ({ ctx, db, runtime }) => {
  await storeActor(ctx);
  const email = address();
  const { token } = await invite(ctx, { email, role: "admin" });
  const guest = visitor(runtime);
  const { userId } = await acceptInvitation(guest, { token, name: "Leaver", password: PASSWORD });
  const { sid } = await signIn(guest, { email, password: PASSWORD });
  const session = await resolveSession(runtime, sid);
  const sent = await invite({ ...ctx, actor: session?.actor ?? ctx.actor }, { email: address(), role: "viewer" });
  expect(await listSessions(ctx, { userId })).toMatchObject([{ id: sid, method: "password", current: false }]);
  await updateUser(ctx, { id: userId, disabled: true });
  expect(await resolveSession(runtime, sid)).toBeNull();
  await expect(signIn(guest, { email, password: PASSWORD })).rejects.toThrow("do not match");
  await expect(lookUpInvitation(guest, { token: sent.token })).rejects.toThrow("not found");
  await updateUser(ctx, { id: userId, disabled: false });
  expect(await resolveSession(runtime, sid)).toBeNull();
  expect(await db.user.findUnique({ where: { id: userId } })).toMatchObject({ disabledAt: null });
  expect(await auditOf(ctx, `user:${userId}`)).toEqual(["user.create", "user.update", "user.update"]);
  const other = await signIn(guest, { email, password: PASSWORD });
  await revokeSession(ctx, { id: other.sid, userId });
  expect(await resolveSession(runtime, other.sid)).toBeNull();
});

pgTest(
  "the last admin of the instance stays, also when two remove each other at once",
  async ({ ctx, db, runtime }) => {
    await db.user.updateMany({ data: { disabledAt: new Date() } });
    const [one, two] = [await makePerson(runtime, { role: "admin" }), await makePerson(runtime, { role: "admin" })];
    const outcomes = await Promise.allSettled([
      updateUser(ctx, { id: one.id, disabled: true }),
      updateUser(ctx, { id: two.id, role: "user" }),
    ]);
    expect(outcomes.map((outcome) => outcome.status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(outcomes.find((outcome) => outcome.status === "rejected")?.reason).toMatchObject({ code: "last_admin" });
    const left = await db.user.findMany({ where: { role: "admin", disabledAt: null } });
    expect(left).toHaveLength(1);
    const gone = [one, two].find((user) => user.id !== left[0]?.id);
    expect(await grantAdmin(ctx, { email: ` ${gone?.email.toUpperCase()} ` })).toEqual({ email: gone?.email });
    expect(await db.user.count({ where: { role: "admin", disabledAt: null } })).toBe(2);
    const found = await listUsers(ctx, { q: gone?.email.slice(0, 12) });
    expect(found).toMatchObject([{ id: gone?.id, role: "admin", disabledAt: null, signsInBy: [], memberships: [] }]);
  },
);
