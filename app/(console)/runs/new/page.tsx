import type { Metadata } from "next";
import { Page } from "#app/_ui/page.tsx";
import { NewRun } from "#app/(console)/runs/new/_components/new-run.tsx";
import { requireSession } from "#lib/auth/session.ts";
import { listExperiments } from "#lib/tracking/index.ts";
import { listStrategies } from "#lib/training/index.ts";

export const metadata: Metadata = { title: "New run" };

export default async function NewRunPage() {
  const ctx = await requireSession();
  const experiments = await listExperiments(ctx);
  return (
    <Page title="New run" lead="One training run, or a strategy of several whose best becomes a version of a model.">
      <NewRun strategies={listStrategies(ctx)} experiments={experiments.map((one) => one.name)} />
    </Page>
  );
}
