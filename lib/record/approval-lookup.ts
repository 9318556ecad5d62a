import type { Ctx } from "#lib/platform/ctx.ts";
import type { ApprovalFact } from "#lib/record/schemas.ts";

/**
 * What the approvals' room knows of these requests, by id; what the caller may not see is not in it. Given by whoever composes
 * both rooms (lib/api): they stand side by side and do not know each other.
 */
export type ApprovalLookup = (ctx: Ctx, ids: readonly string[]) => Promise<Map<string, ApprovalFact>>;
