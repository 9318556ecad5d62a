import type { Metadata } from "next";
import Link from "next/link";
import { May } from "#app/_live/may.tsx";
import { Badge } from "#app/_ui/badge.tsx";
import { Button } from "#app/_ui/button.tsx";
import { EmptyState } from "#app/_ui/empty-state.tsx";
import { count, percent } from "#app/_ui/format.ts";
import { Page } from "#app/_ui/page.tsx";
import { Head, Table, Td, Tr } from "#app/_ui/table.tsx";
import { Time } from "#app/_ui/time.tsx";
import { requireSession } from "#lib/auth/session.ts";
import { listModels } from "#lib/registry/index.ts";

export const metadata: Metadata = { title: "Models" };

export default async function ModelsPage() {
  const models = await listModels(await requireSession());
  return (
    <Page title="Models" lead="Registered models, their versions and what is in Production.">
      {models.length === 0 ? (
        <EmptyState title="No models yet">
          <p>
            A strategy registers its best run as the first version of a model. Any finished run can be registered too.
          </p>
          <May scope="training:write">
            <Button asChild variant="primary">
              <Link href="/runs/new">Start a strategy</Link>
            </Button>
          </May>
        </EmptyState>
      ) : (
        <Table label="Models" framed>
          <Head
            columns={[
              "Name",
              { name: "Production", number: true },
              { name: "Its test accuracy", number: true },
              { name: "Versions", number: true },
              "Aliases",
              "Changed",
            ]}
          />
          <tbody>
            {models.map((model) => (
              <Tr key={model.name}>
                <Td>
                  <Link href={`/models/${model.name}`} className="font-medium underline-offset-2 hover:underline">
                    {model.name}
                  </Link>
                </Td>
                <Td number>{model.productionVersion === null ? "none" : `version ${model.productionVersion}`}</Td>
                <Td number>{percent(model.productionAccuracy)}</Td>
                <Td number>{count(model.versionCount)}</Td>
                <Td>
                  <span className="flex gap-1">
                    {Object.entries(model.aliases).map(([alias, version]) => (
                      <Badge key={alias}>
                        {alias} → {version}
                      </Badge>
                    ))}
                  </span>
                </Td>
                <Td>
                  <Time at={model.updatedAt} />
                </Td>
              </Tr>
            ))}
          </tbody>
        </Table>
      )}
    </Page>
  );
}
