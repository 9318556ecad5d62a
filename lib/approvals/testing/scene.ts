import { savePolicy } from "#lib/approvals/policies/save-policy.ts";
import { PolicyBody } from "#lib/approvals/policy-schemas.ts";
import { requestApproval } from "#lib/approvals/request-approval.ts";
import type { RequestDetail } from "#lib/approvals/schemas.ts";
import { type Role, SCOPES, scopesOfRole } from "#lib/auth/scopes.ts";
import type { Actor, Ctx } from "#lib/platform/ctx.ts";
import { newId } from "#lib/platform/ids.ts";
import { makeVersion } from "#lib/registry/testing/make-version.ts";

export const PRODUCTION = "stage:Production";

export interface Someone {
  id: string;
  /** Signed in just now. */
  ctx: Ctx;
}

/** A member of the context's project. */
export async function makePerson(
  ctx: Ctx,
  options: { name: string; role: Role; grants?: string[]; hasSecondFactor?: boolean },
): Promise<Someone> {
  const id = newId("usr");
  const { name, role, grants = [] } = options;
  const email = `${id.toLowerCase()}@example.org`;
  await ctx.db.user.create({ data: { id, email, name, role: "user" } });
  await ctx.db.membership.create({ data: { projectId: ctx.projectId, userId: id, role, grants } });
  const actor: Actor = {
    ...{ type: "user", id, email, name, role, grants, scopes: scopesOfRole(role), authenticatedAt: new Date() },
    ...(options.hasSecondFactor && { secondFactorAt: new Date() }),
  };
  return { id, ctx: { ...ctx, actor } };
}

/** A service account with a key, or a person's key. */
export async function makeKeyOf(
  ctx: Ctx,
  owner: { userId: string } | { service: string; role: Role; madeBy?: string },
): Promise<Someone> {
  let userId: string;
  let role: Role = "reviewer";
  const isService = "service" in owner;
  if (isService) {
    userId = newId("usr");
    role = owner.role;
    const email = `${userId.toLowerCase()}@example.org`;
    await ctx.db.user.create({ data: { id: userId, email, name: owner.service, role: "user", kind: "service" } });
    await ctx.db.membership.create({ data: { projectId: ctx.projectId, userId, role } });
  } else {
    userId = owner.userId;
  }
  const id = newId("key");
  const hash = newId("hash");
  const scopes = [...scopesOfRole(role)];
  const createdBy = isService && owner.madeBy !== undefined ? `user:${owner.madeBy}` : null;
  const { projectId } = ctx;
  await ctx.db.apiKey.create({ data: { id, projectId, name: id, prefix: id, hash, scopes, userId, createdBy } });
  return { id: userId, ctx: { ...ctx, actor: { type: "apiKey", id, name: id, scopes, userId, isService } } };
}

export interface Scene {
  /** Of the instance, not of the project: reviews nothing. */
  admin: Ctx;
  /** Made and asks for the version. */
  ana: Someone;
  ben: Someone;
  cleo: Someone;
  /** Reviewer as well. */
  dora: Someone;
}

/** A project with a member (ana), three reviewers and a version 1 of `digits` that ana made. */
export async function makeScene(ctx: Ctx): Promise<Scene> {
  const admin: Ctx = { ...ctx, actor: { ...systemAdmin, scopes: SCOPES } };
  const ana = await makePerson(ctx, { name: "Ana", role: "member" });
  const ben = await makePerson(ctx, { name: "Ben", role: "reviewer" });
  const cleo = await makePerson(ctx, { name: "Cleo", role: "reviewer" });
  const dora = await makePerson(ctx, { name: "Dora", role: "reviewer" });
  await makeVersion(ana.ctx);
  return { admin, ana, ben, cleo, dora };
}

const systemAdmin = { type: "user", id: "usr_admin", email: "admin@example.org", name: "Admin" } as const;

/** One threshold of all reviewers, unless told otherwise. */
export function policyBody(body: Record<string, unknown> & { approvals?: number; deny?: number } = {}): PolicyBody {
  const { approvals = 1, deny = 1, ...rest } = body;
  return PolicyBody.parse({
    thresholds: [{ name: "reviewers", roles: ["reviewer", "admin"], approvals, deny }],
    ...rest,
  });
}

export async function protect(
  scene: Pick<Scene, "admin">,
  body: Record<string, unknown> & { approvals?: number; deny?: number } = {},
  about: { modelName?: string; target?: string } = {},
) {
  const { modelName = "digits", target = PRODUCTION } = about;
  return savePolicy(scene.admin, { modelName, target, body: policyBody(body) });
}

/** Ana asks for version 1 in Production. */
export async function ask(
  scene: Pick<Scene, "ana">,
  wanted: { version?: number; target?: string } = {},
): Promise<RequestDetail> {
  const { version = 1, target = PRODUCTION } = wanted;
  return requestApproval(scene.ana.ctx, { modelName: "digits", version, target, reason: "it reads better" });
}
