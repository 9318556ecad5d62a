import type { Metadata } from "next";
import Link from "next/link";
import { ActorName, ActorNamesProvider } from "#app/_ui/actor-name.tsx";
import { Button } from "#app/_ui/button.tsx";
import { EmptyState } from "#app/_ui/empty-state.tsx";
import { count } from "#app/_ui/format.ts";
import { Page } from "#app/_ui/page.tsx";
import { Head, Table, Td, Tr } from "#app/_ui/table.tsx";
import { Time } from "#app/_ui/time.tsx";
import { targetWords } from "#app/(console)/approvals/_components/words.ts";
import { FailedNotices } from "#app/(console)/settings/policies/_components/failed-notices.tsx";
import { editHref, LEAD, modelWords } from "#app/(console)/settings/policies/_components/words.ts";
import { loadNoticeSearch } from "#app/(console)/settings/search.ts";
import { listNotices, listPolicies } from "#lib/approvals/index.ts";
import { nameActors } from "#lib/auth/name-actors.ts";
import { hasScope } from "#lib/auth/scopes.ts";
import { requireSession } from "#lib/auth/session.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { isAppError } from "#lib/platform/errors.ts";

export const metadata: Metadata = { title: "Policies" };

export default async function PoliciesPage({ searchParams }: PageProps<"/settings/policies">) {
  const ctx = await requireSession();
  const { notices } = await loadNoticeSearch(searchParams);
  const policies = await listPolicies(ctx);
  const names = await nameActors(
    ctx,
    policies.map(({ createdBy }) => createdBy),
  );
  const isAdmin = hasScope(ctx.actor.scopes, "admin");
  return (
    <Page
      title="Policies"
      lead={LEAD}
      actions={
        isAdmin &&
        policies.length > 0 && (
          <Button asChild variant="primary">
            <Link href="/settings/policies/edit">New policy</Link>
          </Button>
        )
      }
    >
      {policies.length === 0 ? (
        <EmptyState title="Nothing is protected yet">
          <p>
            Everybody who may register models moves them into Production and sets aliases at once. A policy makes that
            wait for the people whom it names.
          </p>
          {isAdmin ? (
            <Button asChild variant="primary">
              <Link href={editHref("*", "stage:Production")}>Protect Production of every model</Link>
            </Button>
          ) : (
            <p>An admin saves policies.</p>
          )}
        </EmptyState>
      ) : (
        <ActorNamesProvider names={names}>
          <Table label="Policies" framed>
            <Head
              columns={[
                "Model",
                "Target",
                { name: "Who has to agree", className: "w-full" },
                { name: "Gates", number: true },
                "Break-glass",
                { name: "Version", number: true },
                "Saved",
                "By",
              ]}
            />
            <tbody>
              {policies.map((policy) => (
                <Tr key={policy.id} className="hover:bg-muted/60">
                  <Td>
                    <Link
                      href={editHref(policy.modelName, policy.target)}
                      className="font-medium underline-offset-2 hover:underline"
                    >
                      {modelWords(policy.modelName)}
                    </Link>
                  </Td>
                  <Td>{targetWords(policy.target)}</Td>
                  <Td>{policy.body.thresholds.map(({ name, approvals }) => `${approvals} of ${name}`).join(", ")}</Td>
                  <Td number>{count(policy.body.gates.length)}</Td>
                  <Td>{policy.body.breakGlass.allowed ? "allowed" : "no"}</Td>
                  <Td number>{policy.version}</Td>
                  <Td>
                    <Time at={policy.createdAt} />
                  </Td>
                  <Td>
                    <ActorName actor={policy.createdBy} />
                  </Td>
                </Tr>
              ))}
            </tbody>
          </Table>
        </ActorNamesProvider>
      )}
      {isAdmin && <FailedNotices page={await readFailed(ctx, notices)} isFirst={notices === ""} />}
    </Page>
  );
}

/** A mark of another list, or one that was cut on its way here: the list begins at its beginning. */
function readFailed(ctx: Ctx, cursor: string) {
  const first = { state: "failed", limit: 20 } as const;
  if (cursor === "") return listNotices(ctx, first);
  return listNotices(ctx, { ...first, cursor }).catch((error: unknown) => {
    if (!(isAppError(error) && error.kind === "invalid")) throw error;
    return listNotices(ctx, first);
  });
}
