import type { Metadata } from "next";
import Link from "next/link";
import { createLoader, parseAsInteger, parseAsString } from "nuqs/server";
import { notFoundOnMissing } from "#app/_live/not-found.ts";
import { Button } from "#app/_ui/button.tsx";
import { EmptyState } from "#app/_ui/empty-state.tsx";
import { Page } from "#app/_ui/page.tsx";
import { newHref } from "#app/(console)/approvals/_components/words.ts";
import { RequestForm } from "#app/(console)/approvals/new/_components/request-form.tsx";
import { protectedTargets } from "#app/(console)/approvals/protected-targets.ts";
import { listPolicies, listRequests } from "#lib/approvals/index.ts";
import { OPEN_STATES } from "#lib/approvals/status.ts";
import { requireSession } from "#lib/auth/session.ts";
import { getModel, listModels } from "#lib/registry/index.ts";

export const metadata: Metadata = { title: "Request approval" };

const loadSearch = createLoader({
  model: parseAsString,
  version: parseAsInteger,
  target: parseAsString,
});

export default async function NewRequestPage({ searchParams }: PageProps<"/approvals/new">) {
  const ctx = await requireSession();
  const [search, models, policies] = await Promise.all([loadSearch(searchParams), listModels(ctx), listPolicies(ctx)]);
  const protectedModels = models.filter(({ name }) => protectedTargets(policies, name).length > 0);
  const name = search.model ?? protectedModels[0]?.name;
  if (name === undefined) {
    return (
      <Page title="Request approval">
        <EmptyState title={models.length === 0 ? "No models yet" : "Nothing is protected"}>
          <p>
            {models.length === 0
              ? "A version of a model has to be there before one can ask for it."
              : "No policy asks for approvals: a version's “Stage” menu moves it at once."}
          </p>
          <Button asChild variant="primary">
            <Link href={models.length === 0 ? "/runs" : "/models"}>{models.length === 0 ? "Runs" : "Models"}</Link>
          </Button>
        </EmptyState>
      </Page>
    );
  }
  const [model, open] = await Promise.all([
    getModel(ctx, { name }).catch(notFoundOnMissing),
    listRequests(ctx, { model: name, state: [...OPEN_STATES] }),
  ]);
  const targets = protectedTargets(policies, name);
  const version = model.versions.find((one) => one.version === search.version) ?? model.versions[0];
  return (
    <Page title="Request approval" lead="Freezes what would take effect; a worker computes the evidence at once.">
      <RequestForm
        key={newHref({ modelName: name, version: version?.version, target: search.target ?? undefined })}
        models={[...new Set([...protectedModels.map((one) => one.name), name])]}
        modelName={name}
        versions={model.versions.map(({ version: number, stage }) => ({ number, stage }))}
        version={version?.version ?? null}
        targets={targets}
        target={targets.find((target) => target === search.target) ?? targets[0] ?? null}
        open={open.items.map(({ id, modelVersion, target }) => ({ id, version: modelVersion, target }))}
      />
    </Page>
  );
}
