import Link from "next/link";
import { May } from "#app/_live/may.tsx";
import { CopyId } from "#app/_ui/copy.tsx";
import { bytes, figure, percent } from "#app/_ui/format.ts";
import { RunDot } from "#app/_ui/run-dot.tsx";
import { StageBadge, SyntheticBadge } from "#app/_ui/status-badge.tsx";
import { Head, Table, Td, Tr } from "#app/_ui/table.tsx";
import { Time } from "#app/_ui/time.tsx";
import { StageMenu } from "#app/(console)/models/[name]/_components/stage-menu.tsx";
import type { ModelVersion } from "#lib/registry/schemas.ts";
import type { Stage } from "#lib/registry/status.ts";

/** Newest first. The chosen version's origin is shown below the table. */
export function VersionTable(props: {
  versions: ModelVersion[];
  chosen: number;
  production: number | null;
  /** Stages that versions get only by an approval, and what is asked for already. */
  approvals: { stages: Stage[]; open: { id: string; version: number; stage: Stage }[] };
}) {
  const { versions, chosen, production, approvals } = props;
  return (
    <Table label="Versions" framed>
      <Head
        columns={[
          "Version",
          "Stage",
          { name: "Test accuracy", number: true },
          { name: "Test loss", number: true },
          "Run",
          "Engine",
          "Dataset",
          { name: "Size", number: true },
          "Registered",
          { name: "Actions", hidden: true },
        ]}
      />
      <tbody>
        {versions.map((version) => (
          <Tr key={version.version} className={version.version === chosen ? "bg-accent" : "hover:bg-muted/60"}>
            <Td className="tabular">
              <Link
                href={`/models/${version.modelName}?v=${version.version}`}
                aria-current={version.version === chosen ? "true" : undefined}
                scroll={false}
                className="font-medium underline underline-offset-2"
              >
                {version.version}
              </Link>
            </Td>
            <Td>
              <StageBadge stage={version.stage} />
            </Td>
            <Td number>{percent(version.metrics["test_accuracy"])}</Td>
            <Td number>{figure(version.metrics["test_loss"])}</Td>
            <Td>
              {version.runId === null ? (
                "–"
              ) : (
                <span className="flex items-center gap-2">
                  <RunDot id={version.runId} />
                  <Link href={`/runs/${version.runId}`} className="text-primary hover:underline">
                    Run
                  </Link>
                  <CopyId id={version.runId} label="run id" />
                </span>
              )}
            </Td>
            <Td>{version.lineage.engine ?? "–"}</Td>
            <Td>
              <span className="flex items-center gap-2">
                {version.lineage.datasetName ?? "–"}
                {version.lineage.synthetic === true && <SyntheticBadge />}
              </span>
            </Td>
            <Td number>{bytes(version.sizeBytes)}</Td>
            <Td>
              <Time at={version.createdAt} />
            </Td>
            <Td className="px-1 text-right">
              <May scope="registry:write">
                <StageMenu
                  model={version.modelName}
                  version={version.version}
                  stage={version.stage}
                  production={production}
                  approvals={{
                    stages: approvals.stages,
                    open: approvals.open.filter((request) => request.version === version.version),
                  }}
                />
              </May>
            </Td>
          </Tr>
        ))}
      </tbody>
    </Table>
  );
}
