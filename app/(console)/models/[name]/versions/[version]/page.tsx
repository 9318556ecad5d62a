import Link from "next/link";
import { createLoader, parseAsBoolean, parseAsStringLiteral } from "nuqs/server";
import { May } from "#app/_live/may.tsx";
import { Badge } from "#app/_ui/badge.tsx";
import { percent } from "#app/_ui/format.ts";
import { Page } from "#app/_ui/page.tsx";
import { StageBadge, SyntheticBadge } from "#app/_ui/status-badge.tsx";
import { Time } from "#app/_ui/time.tsx";
import { StageMenu } from "#app/(console)/models/[name]/_components/stage-menu.tsx";
import { nameOfPath } from "#app/(console)/models/[name]/name-of-path.ts";
import { readProtection } from "#app/(console)/models/[name]/read-approvals.ts";
import { readModel } from "#app/(console)/models/[name]/read-model.ts";
import { VersionApprovals } from "#app/(console)/models/[name]/versions/[version]/_components/approvals-tab.tsx";
import { CardTab } from "#app/(console)/models/[name]/versions/[version]/_components/card-tab.tsx";
import { Overview } from "#app/(console)/models/[name]/versions/[version]/_components/overview.tsx";
import { ReproduceTab } from "#app/(console)/models/[name]/versions/[version]/_components/reproduce-tab.tsx";
import { TABS, VersionTabs } from "#app/(console)/models/[name]/versions/[version]/_components/version-tabs.tsx";
import { readVersion } from "#app/(console)/models/[name]/versions/[version]/read-version.ts";
import { requireSession } from "#lib/auth/session.ts";
import { listReproductions } from "#lib/training/list-reproductions.ts";

const loadSearch = createLoader({
  tab: parseAsStringLiteral(TABS).withDefault("overview"),
  all: parseAsBoolean.withDefault(false),
});

export default async function VersionPage({ params, searchParams }: PageProps<"/models/[name]/versions/[version]">) {
  const address = await params;
  const ctx = await requireSession();
  const { tab, all } = await loadSearch(searchParams);
  const version = await readVersion(nameOfPath(address), address.version);
  const [model, protection] = await Promise.all([readModel(version.modelName), readProtection(ctx, version.modelName)]);
  const { modelName: name } = version;
  return (
    <>
      <nav aria-label="Breadcrumb" className="mx-auto max-w-[1400px] px-4 pt-4 text-xs text-muted-foreground md:px-6">
        <Link href="/models" className="hover:text-foreground hover:underline">
          Models
        </Link>{" "}
        /{" "}
        <Link href={`/models/${name}`} className="hover:text-foreground hover:underline">
          {name}
        </Link>
      </nav>
      <Page
        title={
          <span className="flex flex-wrap items-center gap-2">
            {name}, version {version.version}
            <StageBadge stage={version.stage} />
            {version.aliases.map((alias) => (
              <Badge key={alias}>@{alias}</Badge>
            ))}
            {version.lineage.synthetic === true && <SyntheticBadge />}
          </span>
        }
        lead={
          <>
            {percent(version.metrics["test_accuracy"])} of the test set right, registered{" "}
            <Time at={version.createdAt} />
          </>
        }
        actions={
          <May scope="registry:write">
            <StageMenu
              framed
              model={name}
              version={version.version}
              stage={version.stage}
              production={model.productionVersion}
              approvals={{
                stages: protection.stages,
                open: protection.open.filter((request) => request.version === version.version),
              }}
            />
          </May>
        }
      >
        <VersionTabs base={`/models/${name}/versions/${version.version}`} tab={tab} />
        {tab === "overview" && <Overview ctx={ctx} version={version} all={all} />}
        {tab === "card" && <CardTab ctx={ctx} name={name} version={version.version} />}
        {tab === "approvals" && <VersionApprovals ctx={ctx} name={name} of={version} />}
        {tab === "reproduce" && (
          <ReproduceTab
            name={name}
            version={version.version}
            {...(await listReproductions(ctx, { name, version: version.version }))}
          />
        )}
      </Page>
    </>
  );
}
