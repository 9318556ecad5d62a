import type { Metadata } from "next";
import { Page } from "#app/_ui/page.tsx";
import { TracesList } from "#app/(console)/traces/_components/traces-list.tsx";
import { LEAD } from "#app/(console)/traces/_components/words.ts";
import { loadTracesSearch, toTraceQuery } from "#app/(console)/traces/search.ts";
import { requireSession } from "#lib/auth/session.ts";
import { isAppError } from "#lib/platform/errors.ts";
import { listExperiments } from "#lib/tracking/index.ts";
import { listTraces } from "#lib/tracking/traces/list-traces.ts";

export const metadata: Metadata = { title: "Traces" };

export default async function TracesPage({ searchParams }: PageProps<"/traces">) {
  const ctx = await requireSession();
  const query = toTraceQuery(await loadTracesSearch(searchParams));
  const [page, experiments] = await Promise.all([
    listTraces(ctx, query)
      // A mark of another search, or one that was cut on its way here.
      .catch((error) => (query.cursor === undefined ? refuse(error) : listTraces(ctx, { ...query, cursor: undefined })))
      .catch(refuse),
    listExperiments(ctx),
  ]);
  return (
    <Page title="Traces" lead={LEAD}>
      <TracesList
        page={page}
        experiments={experiments
          .filter(({ lifecycleStage }) => lifecycleStage === "active")
          .map(({ id, name }) => ({ id, name }))}
      />
    </Page>
  );
}

/** A filter that cannot be understood is the person's to mend: they are told where it is wrong. */
function refuse(error: unknown) {
  if (isAppError(error) && error.kind === "invalid") return { items: [], problem: error.message };
  throw error;
}
