import { checkPolicy } from "#lib/approvals/policies/check-policy.ts";
import { listPolicies } from "#lib/approvals/policies/list-policies.ts";
import { removePolicy, savePolicy } from "#lib/approvals/policies/save-policy.ts";
import {
  EligibleSet,
  Policy,
  PolicyInput,
  PolicyList,
  PolicyParams,
  PolicyQuery,
  SavePolicyBody,
} from "#lib/approvals/policy-schemas.ts";
import { type Route, route } from "#lib/platform/http/route.ts";

const tag = "Approvals";

export const policyRoutes: Route[] = [
  route({
    method: "get",
    path: "/api/policies",
    summary: "List approval policies",
    description: "Those that hold; with `history` every version that there was.",
    tag,
    auth: "approvals:read",
    query: PolicyQuery,
    response: PolicyList,
    handle: async ({ ctx, query }) => ({ items: await listPolicies(ctx, query) }),
  }),
  route({
    method: "post",
    path: "/api/policies",
    summary: "Save a policy and protect its target",
    description: "A new version. One that nobody could satisfy is refused. Open requests that it is stricter with end.",
    tag,
    auth: "admin",
    body: SavePolicyBody,
    response: Policy,
    status: 201,
    handle: ({ ctx, body }) => savePolicy(ctx, body),
  }),
  route({
    method: "post",
    path: "/api/policies/check",
    summary: "Who could approve under a policy",
    description: "Saves nothing.",
    tag,
    auth: "admin",
    body: PolicyInput,
    response: EligibleSet,
    handle: ({ ctx, body }) => checkPolicy(ctx, body),
  }),
  route({
    method: "delete",
    path: "/api/policies/{id}",
    summary: "Remove a policy",
    description: "Its target moves freely again, unless the policy for every model protects it.",
    tag,
    auth: "admin",
    params: PolicyParams,
    status: 204,
    handle: ({ ctx, params }) => removePolicy(ctx, params),
  }),
];
