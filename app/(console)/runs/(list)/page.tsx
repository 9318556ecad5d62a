import type { Metadata } from "next";
import Link from "next/link";
import { May } from "#app/_live/may.tsx";
import { Button } from "#app/_ui/button.tsx";
import { Page } from "#app/_ui/page.tsx";
import { RunsTable } from "#app/(console)/runs/_components/runs-table.tsx";
import { loadRunsSearch, toListQuery } from "#app/(console)/runs/search.ts";
import { requireSession } from "#lib/auth/session.ts";
import { isAppError } from "#lib/platform/errors.ts";
import { listExperiments, listRuns } from "#lib/tracking/index.ts";
import { getQueue } from "#lib/training/index.ts";

export const metadata: Metadata = { title: "Runs" };

export default async function RunsPage({ searchParams }: PageProps<"/runs">) {
  const ctx = await requireSession();
  const search = await loadRunsSearch(searchParams);
  const query = toListQuery(search);
  let filterError: string | undefined;
  const beginning = (error: unknown) => {
    const wrong = isAppError(error) ? error.details?.find(({ field }) => field === "filter") : undefined;
    if (wrong !== undefined) {
      filterError = wrong.problem;
      return { items: [] };
    }
    // A mark of another order, or one that was cut on its way here.
    if (query.cursor === undefined || !(isAppError(error) && error.kind === "invalid")) throw error;
    return listRuns(ctx, { ...query, cursor: undefined });
  };
  const [page, queue, experiments] = await Promise.all([
    listRuns(ctx, query).catch(beginning),
    getQueue(ctx),
    listExperiments(ctx),
  ]);
  return (
    <Page
      title="Runs"
      lead="Every training run of this project, newest first."
      actions={
        <May scope="training:write">
          <Button asChild variant="primary">
            <Link href="/runs/new">New run</Link>
          </Button>
        </May>
      }
    >
      <RunsTable
        page={page}
        queue={queue}
        filterError={filterError}
        experiments={experiments
          .filter(({ lifecycleStage }) => query.lifecycle === "deleted" || lifecycleStage === "active")
          .map(({ id, name }) => ({ id, name }))}
      />
    </Page>
  );
}
