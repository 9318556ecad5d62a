import type { Metadata } from "next";
import Link from "next/link";
import { May } from "#app/_live/may.tsx";
import { CopyId } from "#app/_ui/copy.tsx";
import { EmptyState } from "#app/_ui/empty-state.tsx";
import { count } from "#app/_ui/format.ts";
import { Page } from "#app/_ui/page.tsx";
import { SyntheticBadge } from "#app/_ui/status-badge.tsx";
import { Head, Table, Td, Tr } from "#app/_ui/table.tsx";
import { Time } from "#app/_ui/time.tsx";
import { PrepareButtons } from "#app/(console)/datasets/_components/prepare-buttons.tsx";
import { requireSession } from "#lib/auth/session.ts";
import { listDatasets } from "#lib/datasets/index.ts";
import { SOURCE_FACTS } from "#lib/datasets/sources.ts";

export const metadata: Metadata = { title: "Datasets" };

export default async function DatasetsPage() {
  const datasets = await listDatasets(await requireSession());
  const missing = (["mnist", "synthetic-digits"] as const).filter(
    (source) => !datasets.some((dataset) => dataset.source === source && dataset.versions.length > 0),
  );
  return (
    <Page
      title="Datasets"
      lead="What the runs learn from. A version never changes; its digest says exactly which bytes."
      actions={
        <May scope="datasets:write">
          <PrepareButtons sources={[...missing]} />
        </May>
      }
    >
      {datasets.length === 0 ? (
        <EmptyState title="No datasets yet">
          <p>
            The first training run fetches MNIST by itself, or draws synthetic digits on a machine without network. The
            buttons above do it now.
          </p>
        </EmptyState>
      ) : (
        <Table label="Datasets" framed>
          <Head
            columns={[
              "Name",
              "Source",
              { name: "Version", number: true },
              { name: "Training images", number: true },
              { name: "Test images", number: true },
              "Digest",
              "Made",
            ]}
          />
          <tbody>
            {datasets.flatMap((dataset) =>
              dataset.versions.map((version) => (
                <Tr key={version.id}>
                  <Td>
                    <span className="flex items-center gap-2">
                      <Link
                        href={`/datasets/${dataset.name}?v=${version.version}`}
                        className="font-medium underline-offset-2 hover:underline"
                      >
                        {dataset.name}
                      </Link>
                      {version.synthetic && <SyntheticBadge />}
                    </span>
                  </Td>
                  <Td>{SOURCE_FACTS[dataset.source].title}</Td>
                  <Td number>{version.version}</Td>
                  <Td number>{count(version.trainCount)}</Td>
                  <Td number>{count(version.testCount)}</Td>
                  <Td>
                    <CopyId id={version.digest} label="dataset digest" />
                  </Td>
                  <Td>
                    <Time at={version.createdAt} />
                  </Td>
                </Tr>
              )),
            )}
          </tbody>
        </Table>
      )}
    </Page>
  );
}
