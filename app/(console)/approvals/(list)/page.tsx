import type { Metadata } from "next";
import Link from "next/link";
import { Button } from "#app/_ui/button.tsx";
import { Page } from "#app/_ui/page.tsx";
import { Inbox } from "#app/(console)/approvals/_components/inbox.tsx";
import { LEAD } from "#app/(console)/approvals/_components/words.ts";
import { loadInboxSearch, toListQuery, type View, viewQuery } from "#app/(console)/approvals/search.ts";
import { listPolicies, listRequests } from "#lib/approvals/index.ts";
import { ListQuery } from "#lib/approvals/schemas.ts";
import { hasScope } from "#lib/auth/scopes.ts";
import { requireSession } from "#lib/auth/session.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { listModels } from "#lib/registry/index.ts";

export const metadata: Metadata = { title: "Approvals" };

export default async function ApprovalsPage({ searchParams }: PageProps<"/approvals">) {
  const ctx = await requireSession();
  const search = await loadInboxSearch(searchParams);
  const [page, waiting, due, mine, open, policies, models] = await Promise.all([
    listRequests(ctx, toListQuery(search)),
    countOf(ctx, "waiting"),
    countOf(ctx, "due"),
    countOf(ctx, "mine"),
    countOf(ctx, "open"),
    listPolicies(ctx),
    listModels(ctx),
  ]);
  const isAdmin = hasScope(ctx.actor.scopes, "admin");
  return (
    <Page
      title="Approvals"
      lead={LEAD}
      actions={
        <>
          <Button asChild>
            <Link href="/settings/policies">Policies</Link>
          </Button>
          {hasScope(ctx.actor.scopes, "approvals:request") && (
            <Button asChild variant="primary">
              <Link href="/approvals/new">Request approval</Link>
            </Button>
          )}
        </>
      }
    >
      <Inbox
        page={page}
        counts={{ waiting, due, mine, open }}
        models={models.map((model) => model.name)}
        isProtected={policies.length > 0}
        isAdmin={isAdmin}
      />
    </Page>
  );
}

const MOST = 100;

/** How many open ones a view has; a hundred stands for more. */
async function countOf(ctx: Ctx, view: View): Promise<string> {
  const states = view === "mine" ? viewQuery("open") : {};
  const { items } = await listRequests(ctx, ListQuery.parse({ ...viewQuery(view), ...states, limit: MOST }));
  return items.length >= MOST ? `${MOST - 1}+` : String(items.length);
}
