import { Badge } from "#app/_ui/badge.tsx";
import { Page } from "#app/_ui/page.tsx";
import { ownAddress } from "#app/(console)/_home/address.ts";
import { exampleDigit } from "#app/(console)/_home/predict-example.ts";
import { championWords } from "#app/(console)/deployments/_components/words.ts";
import { DeploymentMenu } from "#app/(console)/deployments/[name]/_components/deployment-menu.tsx";
import { TrafficCard } from "#app/(console)/deployments/[name]/_components/traffic-card.tsx";
import { TrafficEditor } from "#app/(console)/deployments/[name]/_components/traffic-editor.tsx";
import { TrafficHistoryCard } from "#app/(console)/deployments/[name]/_components/traffic-history.tsx";
import { TryIt } from "#app/(console)/deployments/[name]/_components/try-it.tsx";
import { readDeployment } from "#app/(console)/deployments/[name]/read-deployment.ts";
import { nameActors } from "#lib/auth/name-actors.ts";
import { requireSession } from "#lib/auth/session.ts";
import { getModel } from "#lib/registry/index.ts";
import { getActivity, getTrafficHistory } from "#lib/serving/index.ts";

const SHOWN_CHANGES = 20;

export default async function DeploymentPage({ params }: PageProps<"/deployments/[name]">) {
  const ctx = await requireSession();
  const deployment = await readDeployment(await params);
  const { name, modelName, access, isDefault, isProtected, traffic, productionVersion } = deployment;
  const [activity, history, model, address, example] = await Promise.all([
    getActivity(ctx, { name }),
    getTrafficHistory(ctx, { name, limit: SHOWN_CHANGES }),
    // A deployment outlives a model that was deleted.
    getModel(ctx, { name: modelName }).catch(() => null),
    ownAddress(),
    exampleDigit(ctx),
  ]);
  const actors = await nameActors(
    ctx,
    history.items.map(({ actor }) => actor),
  );
  const servable = (model?.versions ?? []).filter(({ onnxDigest }) => onnxDigest !== null);
  return (
    <Page
      title={
        <span className="flex flex-wrap items-center gap-2">
          {name}
          {isDefault && <Badge tone="accent">default</Badge>}
          <Badge tone={access === "public" ? "warning" : "neutral"}>
            {access === "public" ? "open to anybody" : "with a key"}
          </Badge>
        </span>
      }
      lead={`/predict/${name}${isDefault ? ", also /predict," : ""} answers with ${championWords(traffic, productionVersion)} of ${modelName}.`}
      actions={
        <>
          <TrafficEditor
            deployment={deployment}
            versions={servable.map(({ version, stage }) => ({ version, stage }))}
          />
          <DeploymentMenu deployment={deployment} />
        </>
      }
    >
      <TrafficCard deployment={deployment} activity={activity} isProtected={isProtected} />
      <div className="grid items-start gap-4 lg:grid-cols-2">
        <TryIt name={name} address={address} needsKey={access === "key"} example={example} />
        <TrafficHistoryCard changes={history.items} actors={actors} hasMore={history.nextCursor !== undefined} />
      </div>
    </Page>
  );
}
