import type { Metadata } from "next";
import Link from "next/link";
import { createLoader, parseAsString } from "nuqs/server";
import { ActorNamesProvider } from "#app/_ui/actor-name.tsx";
import { Card } from "#app/_ui/card.tsx";
import { Page } from "#app/_ui/page.tsx";
import { PolicyFacts } from "#app/(console)/approvals/_components/policy-facts.tsx";
import { PolicyForm } from "#app/(console)/settings/policies/_components/policy-form.tsx";
import { PolicyHistory } from "#app/(console)/settings/policies/_components/policy-history.tsx";
import { LEAD, placeWords } from "#app/(console)/settings/policies/_components/words.ts";
import { listPolicies } from "#lib/approvals/index.ts";
import { PolicyModel, Target } from "#lib/approvals/policy-schemas.ts";
import { listMembers } from "#lib/auth/list-members.ts";
import { nameActors } from "#lib/auth/name-actors.ts";
import { hasScope } from "#lib/auth/scopes.ts";
import { requireSession } from "#lib/auth/session.ts";
import { listModels } from "#lib/registry/index.ts";

export const metadata: Metadata = { title: "A policy" };

const loadSearch = createLoader({
  model: parseAsString.withDefault("*"),
  target: parseAsString.withDefault("stage:Production"),
});

/** The policy of a model and target as it holds, to change; or a first one where there is none. */
export default async function PolicyPage({ searchParams }: PageProps<"/settings/policies/edit">) {
  const ctx = await requireSession();
  const search = await loadSearch(searchParams);
  const modelName = PolicyModel.safeParse(search.model).data ?? "*";
  const target = Target.safeParse(search.target).data ?? "stage:Production";
  const isAdmin = hasScope(ctx.actor.scopes, "admin");
  const [all, models, members] = await Promise.all([
    listPolicies(ctx, { history: true }),
    listModels(ctx),
    isAdmin ? listMembers(ctx) : [],
  ]);
  const versions = all.filter((policy) => policy.modelName === modelName && policy.target === target);
  const names = await nameActors(
    ctx,
    versions.map(({ createdBy }) => createdBy),
  );
  const holding = versions[0]?.removed === false ? versions[0] : null;
  const people = members
    .filter(({ disabled }) => !disabled)
    .map(({ userId, name, role, kind }) => ({ id: userId, name, role, kind }));
  return (
    <ActorNamesProvider names={names}>
      <nav aria-label="Breadcrumb" className="mx-auto max-w-[1400px] px-4 pt-4 text-xs text-muted-foreground md:px-6">
        <Link href="/settings/policies" className="hover:text-foreground hover:underline">
          Policies
        </Link>
      </nav>
      <Page
        title={`${holding === null ? "A policy for" : `Policy, version ${holding.version}, for`} ${placeWords(modelName, target)}`}
        lead={LEAD}
      >
        {isAdmin ? (
          <PolicyForm
            key={`${modelName} ${target} ${holding?.id}`}
            modelName={modelName}
            target={target}
            holding={holding}
            models={models.map(({ name }) => name)}
            people={people}
          />
        ) : (
          <Card title="What it says">
            {holding === null ? (
              <p className="text-muted-foreground">No policy holds here.</p>
            ) : (
              <PolicyFacts body={holding.body} />
            )}
          </Card>
        )}
        <PolicyHistory versions={versions} />
      </Page>
    </ActorNamesProvider>
  );
}
