import Link from "next/link";
import { ActorNamesProvider } from "#app/_ui/actor-name.tsx";
import { batchesPerEpoch } from "#app/(console)/runs/[id]/_components/progress-of.ts";
import { RunView } from "#app/(console)/runs/[id]/_components/run-view.tsx";
import { readRun } from "#app/(console)/runs/[id]/read-run.ts";
import { nameActors } from "#lib/auth/name-actors.ts";
import { requireSession } from "#lib/auth/session.ts";
import { listDatasets } from "#lib/datasets/index.ts";
import { getModel } from "#lib/registry/index.ts";
import { getMetricHistory } from "#lib/tracking/index.ts";
import { DIGITS_MODEL } from "#lib/training/strategies.ts";

export default async function RunPage({ params }: PageProps<"/runs/[id]">) {
  const { id } = await params;
  const ctx = await requireSession();
  const run = await readRun(id);
  const [series, datasets, model, names] = await Promise.all([
    getMetricHistory(ctx, { runId: id, maxPoints: 1_000 }),
    listDatasets(ctx),
    // Before the first registration the model is not there.
    getModel(ctx, { name: DIGITS_MODEL }).catch(() => null),
    nameActors(ctx, [run.createdBy]),
  ]);
  const version = model?.versions.find((one) => one.runId === id) ?? null;
  const { training } = run;
  const data = datasets.flatMap((dataset) => dataset.versions).find((one) => one.id === training?.datasetVersionId);
  return (
    <ActorNamesProvider names={names}>
      <nav aria-label="Breadcrumb" className="mx-auto max-w-[1400px] px-4 pt-4 text-xs text-muted-foreground md:px-6">
        <Link href="/runs" className="hover:text-foreground hover:underline">
          Runs
        </Link>
      </nav>
      <RunView
        key={run.id}
        run={run}
        series={series}
        batches={training === null || data === undefined ? null : batchesPerEpoch(training.spec, data.trainCount)}
        modelName={DIGITS_MODEL}
        version={version === null ? null : { version: version.version, stage: version.stage }}
      />
    </ActorNamesProvider>
  );
}
