import type { Metadata } from "next";
import Link from "next/link";
import { Badge } from "#app/_ui/badge.tsx";
import { EmptyState } from "#app/_ui/empty-state.tsx";
import { count } from "#app/_ui/format.ts";
import { Page } from "#app/_ui/page.tsx";
import { Head, Table, Td, Tr } from "#app/_ui/table.tsx";
import { NewDeployment } from "#app/(console)/deployments/_components/new-deployment.tsx";
import { championWords, deploymentHref, share } from "#app/(console)/deployments/_components/words.ts";
import { requireSession } from "#lib/auth/session.ts";
import { listModels } from "#lib/registry/index.ts";
import { listDeployments } from "#lib/serving/index.ts";

export const metadata: Metadata = { title: "Deployments" };

export default async function DeploymentsPage() {
  const ctx = await requireSession();
  const [deployments, models] = await Promise.all([listDeployments(ctx), listModels(ctx)]);
  const names = models.map(({ name }) => name);
  return (
    <Page
      title="Deployments"
      lead="Addresses that answer predictions, and which versions answer there."
      actions={<NewDeployment models={names} taken={deployments.map(({ name }) => name)} />}
    >
      {deployments.length === 0 ? (
        <EmptyState title="No deployments yet">
          <p>
            A deployment is an address that answers with versions of a model. The first one of a project is what{" "}
            <code>/predict</code> means.{" "}
            {names.length === 0 ? "It needs a model: register a finished run first." : "An admin makes it."}
          </p>
        </EmptyState>
      ) : (
        <Table label="Deployments" framed>
          <Head
            columns={[
              "Name",
              "Model",
              "Answers",
              "Beside it",
              "Who may ask",
              { name: "Address", className: "w-full" },
              { name: "Generation", number: true },
            ]}
          />
          <tbody>
            {deployments.map(({ name, modelName, access, isDefault, generation, traffic, productionVersion }) => (
              <Tr key={name}>
                <Td>
                  <span className="flex items-center gap-1.5">
                    <Link href={deploymentHref(name)} className="font-medium underline-offset-2 hover:underline">
                      {name}
                    </Link>
                    {isDefault && <Badge tone="accent">default</Badge>}
                  </span>
                </Td>
                <Td>
                  <Link
                    href={`/models/${encodeURIComponent(modelName)}`}
                    className="underline-offset-2 hover:underline"
                  >
                    {modelName}
                  </Link>
                </Td>
                <Td>{championWords(traffic, productionVersion)}</Td>
                <Td>
                  <span className="flex gap-1">
                    {traffic.challengers.map(({ version, weight }) => (
                      <Badge key={version} tone="warning">
                        {version}: {share(weight)}
                      </Badge>
                    ))}
                    {traffic.shadows.map(({ version }) => (
                      <Badge key={version}>{version} mirrors</Badge>
                    ))}
                    {traffic.challengers.length + traffic.shadows.length === 0 && "–"}
                  </span>
                </Td>
                <Td>{access === "public" ? "anybody" : "with a key"}</Td>
                <Td className="font-mono">/predict/{name}</Td>
                <Td number>{count(generation)}</Td>
              </Tr>
            ))}
          </tbody>
        </Table>
      )}
    </Page>
  );
}
