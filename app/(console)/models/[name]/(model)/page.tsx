import Link from "next/link";
import { createLoader, parseAsInteger, parseAsString } from "nuqs/server";
import { notFoundOnMissing } from "#app/_live/not-found.ts";
import { Badge } from "#app/_ui/badge.tsx";
import { Button } from "#app/_ui/button.tsx";
import { EmptyState } from "#app/_ui/empty-state.tsx";
import { percent } from "#app/_ui/format.ts";
import { Page } from "#app/_ui/page.tsx";
import { AliasCard } from "#app/(console)/models/[name]/_components/alias-card.tsx";
import { ProductionAtCard } from "#app/(console)/models/[name]/_components/production-at.tsx";
import { RiskControl } from "#app/(console)/models/[name]/_components/risk-control.tsx";
import { StageHistory } from "#app/(console)/models/[name]/_components/stage-history.tsx";
import { TimelinePicture } from "#app/(console)/models/[name]/_components/timeline-picture.tsx";
import { VersionCard } from "#app/(console)/models/[name]/_components/version-card.tsx";
import { VersionTable } from "#app/(console)/models/[name]/_components/version-table.tsx";
import { nameOfPath } from "#app/(console)/models/[name]/name-of-path.ts";
import { readProtection } from "#app/(console)/models/[name]/read-approvals.ts";
import { readModel } from "#app/(console)/models/[name]/read-model.ts";
import { editHref } from "#app/(console)/settings/policies/_components/words.ts";
import { approvalFacts } from "#lib/api/approval-facts.ts";
import { hasScope } from "#lib/auth/scopes.ts";
import { requireSession } from "#lib/auth/session.ts";
import { getProduction } from "#lib/record/get-production.ts";
import { getTimeline } from "#lib/record/get-timeline.ts";
import { ProductionQuery } from "#lib/record/schemas.ts";

const loadSearch = createLoader({ v: parseAsInteger, at: parseAsString });

export default async function ModelPage({ params, searchParams }: PageProps<"/models/[name]">) {
  const name = nameOfPath(await params);
  const ctx = await requireSession();
  const search = await loadSearch(searchParams);
  // An address with a moment that does not make sense asks about now.
  const at = ProductionQuery.safeParse({ at: search.at ?? undefined }).data?.at ?? null;
  const [model, protection, timeline, answer] = await Promise.all([
    readModel(name),
    readProtection(ctx, name),
    getTimeline(ctx, { name }, approvalFacts).catch(notFoundOnMissing),
    getProduction(ctx, { name, at: at ?? undefined }, approvalFacts).catch(notFoundOnMissing),
  ]);
  const { stages, aliases } = protection;
  const isProtected = stages.length + aliases.length > 0;
  const production = model.versions.find((one) => one.stage === "Production");
  const chosen = model.versions.find((one) => one.version === search.v) ?? production ?? model.versions[0];
  const shown = timeline.versions.find((one) => one.version === chosen?.version);
  const registeredBy = shown?.registeredByLabel ?? chosen?.createdBy ?? "";
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
          <RiskControl model={model.name} risk={model.risk} />
          {(isProtected || hasScope(ctx.actor.scopes, "admin")) && (
            <Button asChild>
              <Link href={editHref(protection.isGeneral ? "*" : name, "stage:Production")}>
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
            approvals={protection}
          />
          <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
            <div className="min-w-0 space-y-4">
              <TimelinePicture timeline={timeline} at={at} />
              <AliasCard
                model={model.name}
                aliases={model.aliases}
                versions={model.versions.map(({ version }) => version)}
                guarded={aliases}
              />
            </div>
            <ProductionAtCard answer={answer} asked={at} />
          </div>
          <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
            <StageHistory entries={timeline.entries} />
            <VersionCard
              version={chosen}
              registeredBy={registeredBy}
              aside={
                <Button asChild size="sm">
                  <Link href={`/models/${name}/versions/${chosen.version}`}>All of version {chosen.version}</Link>
                </Button>
              }
            />
          </div>
        </>
      )}
    </Page>
  );
}
