import type { Metadata } from "next";
import Link from "next/link";
import { notFound } from "next/navigation";
import { createLoader, parseAsInteger } from "nuqs/server";
import { Card } from "#app/_ui/card.tsx";
import { CopyId } from "#app/_ui/copy.tsx";
import { DigitImage } from "#app/_ui/digit-image.tsx";
import { count } from "#app/_ui/format.ts";
import { Page } from "#app/_ui/page.tsx";
import { Stat, StatGrid } from "#app/_ui/stat.tsx";
import { SyntheticBadge } from "#app/_ui/status-badge.tsx";
import { Time } from "#app/_ui/time.tsx";
import { notFoundOnMissing } from "#app/(console)/_live/not-found.ts";
import { ClassCounts } from "#app/(console)/datasets/[name]/_components/class-counts.tsx";
import { requireSession } from "#lib/auth/session.ts";
import { getDatasetVersion, listDatasets } from "#lib/datasets/index.ts";
import { SOURCE_FACTS } from "#lib/datasets/sources.ts";

export async function generateMetadata({ params }: PageProps<"/datasets/[name]">): Promise<Metadata> {
  return { title: (await params).name };
}

const loadSearch = createLoader({ v: parseAsInteger });

export default async function DatasetPage({ params, searchParams }: PageProps<"/datasets/[name]">) {
  const { name } = await params;
  const ctx = await requireSession();
  const { v } = await loadSearch(searchParams);
  const dataset = (await listDatasets(ctx)).find((one) => one.name === name);
  const version = v ?? dataset?.versions[0]?.version;
  if (dataset === undefined || version === undefined) notFound();
  const shown = await getDatasetVersion(ctx, { name, version }).catch(notFoundOnMissing);
  return (
    <Page
      title={
        <span className="flex flex-wrap items-center gap-2">
          {dataset.name}
          {shown.synthetic && <SyntheticBadge />}
        </span>
      }
      lead={SOURCE_FACTS[dataset.source].about}
      actions={
        dataset.versions.length > 1 && (
          <nav aria-label="Versions" className="flex gap-2">
            {dataset.versions.map((one) => (
              <Link
                key={one.version}
                href={`/datasets/${name}?v=${one.version}`}
                aria-current={one.version === shown.version ? "page" : undefined}
                className="rounded-md px-2 py-1 hover:bg-muted aria-[current=page]:bg-accent aria-[current=page]:text-accent-foreground"
              >
                version {one.version}
              </Link>
            ))}
          </nav>
        )
      }
    >
      <StatGrid>
        <Stat label="Version" value={shown.version} />
        <Stat label="Training images" value={count(shown.trainCount)} />
        <Stat label="Test images" value={count(shown.testCount)} />
        <Stat
          label="Digest"
          value={<CopyId id={shown.digest} label="dataset digest" className="text-sm" />}
          note="SHA-256"
        />
        <Stat label="Made" value={<Time at={shown.createdAt} className="text-sm" />} />
      </StatGrid>
      <div className="grid items-start gap-4 lg:grid-cols-2">
        <ClassCounts counts={shown.classCounts} file={`${name}-${shown.version}-classes`} />
        <Card
          title="Test images"
          aside={<span className="text-xs text-muted-foreground">28 × 28, white on black</span>}
        >
          <ul className="flex flex-wrap gap-3">
            {shown.samples.map((sample, place) => (
              <li key={`${sample.label}-${sample.pixels}`} className="text-center text-xs">
                <DigitImage pixels={sample.pixels} alt={`Sample ${place + 1}: a ${sample.label}`} size={48} />
                <span className="tabular" aria-hidden>
                  {sample.label}
                </span>
              </li>
            ))}
          </ul>
        </Card>
      </div>
    </Page>
  );
}
