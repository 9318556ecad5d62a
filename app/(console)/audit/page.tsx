import type { Metadata } from "next";
import { Page } from "#app/_ui/page.tsx";
import { AuditLog } from "#app/(console)/audit/_components/audit-log.tsx";
import { ChainFacts } from "#app/(console)/audit/_components/chain-facts.tsx";
import { DeniedLog } from "#app/(console)/audit/_components/denied-log.tsx";
import { Reconciliation } from "#app/(console)/audit/_components/reconciliation.tsx";
import { ViewTabs } from "#app/(console)/audit/_components/view-tabs.tsx";
import { LEAD } from "#app/(console)/audit/_components/words.ts";
import {
  type AuditSearch,
  exportHref,
  loadAuditSearch,
  toAuditQuery,
  toDeniedQuery,
  type View,
} from "#app/(console)/audit/search.ts";
import { hasScope } from "#lib/auth/scopes.ts";
import { requireSession } from "#lib/auth/session.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { isAppError } from "#lib/platform/errors.ts";
import { encodeCursor } from "#lib/platform/pagination.ts";
import { getAnchorState } from "#lib/record/get-anchor-state.ts";
import { listDenied } from "#lib/record/list-denied.ts";
import { reconcileProduction } from "#lib/record/reconcile-production.ts";
import type { AuditEventRow } from "#lib/record/schemas.ts";
import { searchAudit } from "#lib/record/search-audit.ts";

export const metadata: Metadata = { title: "Audit log" };

export default async function AuditPage({ searchParams }: PageProps<"/audit">) {
  const ctx = await requireSession();
  const asked = await loadAuditSearch(searchParams);
  const mayInstance = hasScope(ctx.actor.scopes, "instance");
  // What only admins of the instance see is not there for others: they get their own part.
  const search: AuditSearch = mayInstance
    ? asked
    : { ...asked, chain: "project", view: asked.view === "denied" ? "log" : asked.view };
  const views: [View, string][] = [
    ["log", "Events"],
    ...(mayInstance ? [["denied", "Denied attempts"] satisfies [View, string]] : []),
    ["reconciliation", "Reconciliation"],
  ];
  return (
    <Page title="Audit log" lead={LEAD}>
      <ViewTabs views={views} />
      {search.view === "log" && <Log ctx={ctx} search={search} mayInstance={mayInstance} />}
      {search.view === "denied" && <DeniedLog page={await readDenied(ctx, search)} />}
      {search.view === "reconciliation" && <Reconciliation report={await reconcileProduction(ctx)} />}
    </Page>
  );
}

async function Log({ ctx, search, mayInstance }: { ctx: Ctx; search: AuditSearch; mayInstance: boolean }) {
  const query = toAuditQuery(search);
  const [page, opened, anchors] = await Promise.all([
    searchAudit(ctx, query).catch(fromTheBeginning(query, (first) => searchAudit(ctx, first))),
    readEvent(ctx, search),
    getAnchorState(ctx),
  ]);
  const chain = anchors.chains.find((one) => (one.chain === "instance") === (search.chain === "instance"));
  const file = (format: "jsonl" | "csv") => exportHref(search, format, ctx.projectId);
  return (
    <div className="space-y-4">
      {chain !== undefined && <ChainFacts chain={chain} keyId={anchors.keyId} />}
      <AuditLog
        page={page}
        opened={opened}
        exports={{ jsonl: file("jsonl"), csv: file("csv") }}
        mayInstance={mayInstance}
      />
    </div>
  );
}

/** The event that the address opens: the newest that is not newer than it. */
async function readEvent(ctx: Ctx, { event, chain }: AuditSearch): Promise<AuditEventRow | null> {
  if (event === null || event < 1) return null;
  const { items } = await searchAudit(ctx, { chain, limit: 1, cursor: encodeCursor([event + 1]) });
  return items[0] ?? null;
}

async function readDenied(ctx: Ctx, search: AuditSearch) {
  const query = toDeniedQuery(search);
  return listDenied(ctx, query).catch(fromTheBeginning(query, (first) => listDenied(ctx, first)));
}

/** A mark of another list, or one that was cut on its way here: the list begins at its beginning. */
function fromTheBeginning<Query extends { cursor?: string | undefined }, Reply>(
  query: Query,
  read: (first: Query) => Promise<Reply>,
): (error: unknown) => Promise<Reply> {
  return (error) => {
    if (query.cursor === undefined || !(isAppError(error) && error.kind === "invalid")) throw error;
    return read({ ...query, cursor: undefined });
  };
}
