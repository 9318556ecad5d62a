import type { Metadata } from "next";
import Link from "next/link";
import { May } from "#app/_live/may.tsx";
import { Button } from "#app/_ui/button.tsx";
import { Card } from "#app/_ui/card.tsx";
import { CodeBlock } from "#app/_ui/copy.tsx";
import { Page } from "#app/_ui/page.tsx";
import { ownAddress } from "#app/(console)/_home/address.ts";
import { EngineCard } from "#app/(console)/_home/engine-card.tsx";
import { FirstSteps } from "#app/(console)/_home/first-steps.tsx";
import { NowTraining } from "#app/(console)/_home/now-training.tsx";
import { predictExample } from "#app/(console)/_home/predict-example.ts";
import { ProductionCard } from "#app/(console)/_home/production-card.tsx";
import { RecentRuns } from "#app/(console)/_home/recent-runs.tsx";
import { requireSession } from "#lib/auth/session.ts";
import { listDatasets } from "#lib/datasets/index.ts";
import { availableEngines } from "#lib/engine/engines.ts";
import { getRuntime } from "#lib/platform/runtime.ts";
import { getHistory, getModel } from "#lib/registry/index.ts";
import { getPredictionStats } from "#lib/serving/index.ts";
import { listRuns } from "#lib/tracking/index.ts";
import { RunListQuery } from "#lib/tracking/schemas.ts";
import { getQueue } from "#lib/training/index.ts";
import { DIGITS_MODEL } from "#lib/training/strategies.ts";

export const metadata: Metadata = { title: "Home" };

export default async function HomePage() {
  const ctx = await requireSession();
  const address = await ownAddress();
  const [queue, recent, finished, model, history, stats, datasets, engines, example] = await Promise.all([
    getQueue(ctx),
    listRuns(ctx, RunListQuery.parse({ limit: 6 })),
    listRuns(ctx, RunListQuery.parse({ limit: 1, status: "FINISHED" })),
    // Before the first registration the model is not there.
    getModel(ctx, { name: DIGITS_MODEL }).catch(() => null),
    getHistory(ctx, { name: DIGITS_MODEL }).catch(() => []),
    getPredictionStats(ctx),
    listDatasets(ctx),
    availableEngines(getRuntime().env.ASSAY_CACHE),
    predictExample(ctx, address),
  ]);
  const production = model?.versions.find((version) => version.stage === "Production");
  return (
    <Page title="Home" lead={`What is going on in this project, at ${address}`}>
      {/* Two columns of their own height; on a phone one, in the order that matters there. */}
      <div className="flex flex-col gap-4 lg:grid lg:grid-cols-2 lg:items-start">
        <div className="contents lg:block lg:min-w-0 lg:space-y-4">
          <div className="order-1">
            {production === undefined ? (
              <FirstSteps
                engines={engines}
                hasDataset={datasets.some((dataset) => dataset.versions.length > 0)}
                hasFinishedRun={finished.items.length > 0}
                queue={queue}
              />
            ) : (
              <ProductionCard version={production} history={history} stats={stats} />
            )}
          </div>
          <div className="order-4">
            <AskTheModel example={example} answers={production !== undefined} />
          </div>
          <div className="order-5">
            <EngineCard engines={engines} />
          </div>
        </div>
        <div className="contents lg:block lg:min-w-0 lg:space-y-4">
          <div className="order-2">
            <NowTraining queue={queue} />
          </div>
          <div className="order-3">
            <RecentRuns runs={recent.items} />
          </div>
          <div className="order-6">
            <NextSteps />
          </div>
        </div>
      </div>
    </Page>
  );
}

function AskTheModel({ example, answers }: { example: string; answers: boolean }) {
  return (
    <Card title="Ask the model">
      <p className="mb-2 text-muted-foreground">
        {answers
          ? "The image in this command is a 7 from the test set:"
          : "As soon as a model is in Production, this answers with the digit, its confidence and the version:"}
      </p>
      <CodeBlock label="the command" code={example} />
      <p className="mt-2 text-muted-foreground">
        Every route is in the{" "}
        <Link href="/api-reference" className="text-primary underline">
          API reference
        </Link>
        .
      </p>
    </Card>
  );
}

function NextSteps() {
  return (
    <Card title="Next steps">
      <div className="flex flex-wrap gap-2">
        <May scope="training:write">
          <Button asChild>
            <Link href="/runs/new">Start runs</Link>
          </Button>
        </May>
        <Button asChild>
          <Link href="/runs?sort=-metric:test_accuracy">Best runs</Link>
        </Button>
        <Button asChild>
          <Link href="/models">Models</Link>
        </Button>
        <Button asChild>
          <Link href="/draw">Draw a digit</Link>
        </Button>
      </div>
    </Card>
  );
}
