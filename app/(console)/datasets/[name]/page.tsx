import Link from "next/link";
import { createLoader, parseAsInteger } from "nuqs/server";
import { Button } from "#app/_ui/button.tsx";
import { Card } from "#app/_ui/card.tsx";
import { CopyId } from "#app/_ui/copy.tsx";
import { DigitImage } from "#app/_ui/digit-image.tsx";
import { count } from "#app/_ui/format.ts";
import { Page } from "#app/_ui/page.tsx";
import { Stat, StatGrid } from "#app/_ui/stat.tsx";
import { SyntheticBadge } from "#app/_ui/status-badge.tsx";
import { Time } from "#app/_ui/time.tsx";
import { ClassCounts } from "#app/(console)/datasets/[name]/_components/class-counts.tsx";
import { readDataset } from "#app/(console)/datasets/[name]/read-dataset.ts";
import { lineageHref } from "#app/(console)/lineage/_components/words.ts";
import { requireSession } from "#lib/auth/session.ts";
import { getDatasetVersion } from "#lib/datasets/index.ts";
import { SOURCE_FACTS } from "#lib/datasets/sources.ts";

const loadSearch = createLoader({ v: parseAsInteger });

export default async function DatasetPage({ params, searchParams }: PageProps<"/datasets/[name]">) {
  const { name } = await params;
  const ctx = await requireSession();
  const { v } = await loadSearch(searchParams);
  const dataset = await readDataset(name);
  // An address with a version that is not there shows the newest.
  const version = dataset.versions.find((one) => one.version === v) ?? dataset.newest;
  const shown = await getDatasetVersion(ctx, { name, version: version.version });
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
        <>
          {dataset.versions.length > 1 && (
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
          )}
          <Button asChild>
            <Link href={lineageHref(`dataset_version:${version.id}`)}>What it trained</Link>
          </Button>
        </>
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
