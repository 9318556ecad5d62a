import { PolicyBody } from "#lib/approvals/policy-schemas.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { newId } from "#lib/platform/ids.ts";

/** For tests: somebody with a role in the project. */
export async function seedPerson(
  ctx: Ctx,
  name: string,
  role: string,
  more: { kind?: "service" } = {},
): Promise<string> {
  const id = newId("usr");
  const email = `${name.toLowerCase()}-${id}@example.org`;
  await ctx.db.user.create({ data: { id, email, name, role: "user", ...more } });
  await ctx.db.membership.create({ data: { projectId: ctx.projectId, userId: id, role } });
  return id;
}

/** For tests: a pending request under a policy that asks one reviewer. */
export async function seedNoticedRequest(
  ctx: Ctx,
  given: { requestedBy: string; contributors?: string[]; reason?: string; expiresAt?: Date; state?: string },
): Promise<string> {
  const id = newId("apr");
  const body = PolicyBody.parse({
    thresholds: [{ name: "reviewers", roles: ["reviewer", "admin"], approvals: 1 }],
  });
  await ctx.db.approvalRequest.create({
    data: {
      id,
      projectId: ctx.projectId,
      kind: "version.stage",
      modelName: "digits",
      modelVersion: 4,
      target: "stage:Production",
      subject: {},
      subjectDigest: "ab12cd34ef56".padEnd(64, "0"),
      policyId: "pol_test",
      policySnapshot: { version: 1, body },
      requestedBy: given.requestedBy,
      requestedVia: `user:${given.requestedBy}`,
      contributors: given.contributors ?? [],
      reason: given.reason ?? "better on sevens",
      state: given.state ?? "pending",
      createdAt: new Date("2026-11-20T00:00:00Z"),
      expiresAt: given.expiresAt ?? new Date("2026-11-27T00:00:00Z"),
    },
  });
  return id;
}
