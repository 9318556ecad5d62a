import { hasScope, requireScope } from "#lib/auth/scopes.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import type { AnchorState } from "#lib/record/schemas.ts";
import { selectHeads } from "#lib/record/store/chains.ts";

/** How far the project's chain is anchored outside the database; for instance admins also the instance's. */
export async function getAnchorState(ctx: Ctx): Promise<AnchorState> {
  requireScope(ctx, "audit:read");
  const chains = [`project:${ctx.projectId}`, ...(hasScope(ctx.actor.scopes, "instance") ? ["instance"] : [])];
  const heads = await selectHeads(ctx, chains);
  const newest = heads.reduce<(typeof heads)[number] | undefined>(
    (best, head) => ((head.anchoredAt ?? 0) > (best?.anchoredAt ?? 0) ? head : best),
    undefined,
  );
  return {
    chains: heads.map(({ chain, seq, hash, anchoredSeq, anchoredAt }) => ({
      chain,
      headSeq: seq,
      headHash: hash,
      anchoredSeq,
      anchoredAt: anchoredAt?.toISOString() ?? null,
    })),
    keyId: newest?.signature?.split(":")[0] ?? null,
  };
}
