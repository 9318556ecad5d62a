import Link from "next/link";
import { createLoader, parseAsInteger } from "nuqs/server";
import { notFoundOnMissing } from "#app/_live/not-found.ts";
import { Badge } from "#app/_ui/badge.tsx";
import { Button } from "#app/_ui/button.tsx";
import { EmptyState } from "#app/_ui/empty-state.tsx";
import { percent } from "#app/_ui/format.ts";
import { Page } from "#app/_ui/page.tsx";
import { protectedTargets } from "#app/(console)/approvals/protected-targets.ts";
import { StageHistory } from "#app/(console)/models/[name]/_components/stage-history.tsx";
import { VersionCard } from "#app/(console)/models/[name]/_components/version-card.tsx";
import { VersionTable } from "#app/(console)/models/[name]/_components/version-table.tsx";
import { readModel } from "#app/(console)/models/[name]/read-model.ts";
import { editHref } from "#app/(console)/settings/policies/_components/words.ts";
import { listPolicies, listRequests } from "#lib/approvals/index.ts";
import { OPEN_STATES } from "#lib/approvals/status.ts";
import { hasScope } from "#lib/auth/scopes.ts";
import { requireSession } from "#lib/auth/session.ts";
import { getHistory } from "#lib/registry/index.ts";
import { STAGES } from "#lib/registry/status.ts";

const loadSearch = createLoader({ v: parseAsInteger });

export default async function ModelPage({ params, searchParams }: PageProps<"/models/[name]">) {
  const { name } = await params;
  const ctx = await requireSession();
  const [model, history, search, policies, open] = await Promise.all([
    readModel(name),
    getHistory(ctx, { name }).catch(notFoundOnMissing),
    loadSearch(searchParams),
    listPolicies(ctx),
    listRequests(ctx, { model: name, state: [...OPEN_STATES] }),
  ]);
  const targets = protectedTargets(policies, name);
  const stages = STAGES.filter((stage) => targets.includes(`stage:${stage}`));
  const approvals = {
    stages,
    open: open.items.flatMap(({ id, modelVersion, target }) =>
      stages.flatMap((stage) => (target === `stage:${stage}` ? [{ id, version: modelVersion, stage }] : [])),
    ),
  };
  const general = policies.every(({ modelName }) => modelName !== name) && targets.length > 0;
  const production = model.versions.find((one) => one.stage === "Production");
  const chosen = model.versions.find((one) => one.version === search.v) ?? production ?? model.versions[0];
  return (
    <Page
      title={
        <span className="flex flex-wrap items-center gap-2">
          {model.name}
          {Object.entries(model.aliases).map(([alias, version]) => (
            <Badge key={alias}>
              {alias} → {version}
            </Badge>
          ))}
        </span>
      }
      lead={
        production === undefined
          ? "Nothing is in Production: /predict and the drawing pad have no model to ask."
          : `Version ${production.version} is in Production, ${percent(production.metrics["test_accuracy"])} of the test set right.`
      }
      actions={
        <>
          {(targets.length > 0 || hasScope(ctx.actor.scopes, "admin")) && (
            <Button asChild>
              <Link href={editHref(general ? "*" : name, "stage:Production")}>
                {stages.includes("Production") ? "Approval policy" : "Protect Production"}
              </Link>
            </Button>
          )}
          <Button asChild>
            <Link href="/draw">Draw a digit</Link>
          </Button>
        </>
      }
    >
      {chosen === undefined ? (
        <EmptyState title="No versions yet">
          <p>Open a finished run and choose “Register as a version of {model.name}”.</p>
          <Button asChild variant="primary">
            <Link href="/runs?status=FINISHED">Finished runs</Link>
          </Button>
        </EmptyState>
      ) : (
        <>
          <VersionTable
            versions={model.versions}
            chosen={chosen.version}
            production={production?.version ?? null}
            approvals={approvals}
          />
          <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,2fr)_minmax(0,3fr)]">
            <VersionCard version={chosen} />
            <StageHistory history={history} />
          </div>
        </>
      )}
    </Page>
  );
}
