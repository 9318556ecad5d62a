import { CopyId } from "#app/_ui/copy.tsx";
import { bytes, figure, percent } from "#app/_ui/format.ts";
import { Stat, StatGrid } from "#app/_ui/stat.tsx";
import { LineagePicture } from "#app/(console)/lineage/_components/lineage-picture.tsx";
import { StageHistory } from "#app/(console)/models/[name]/_components/stage-history.tsx";
import { VersionCard } from "#app/(console)/models/[name]/_components/version-card.tsx";
import { approvalFacts } from "#lib/api/approval-facts.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { getLineage } from "#lib/record/get-lineage.ts";
import { getTimeline } from "#lib/record/get-timeline.ts";
import { LineageQuery } from "#lib/record/schemas.ts";
import type { ModelVersion } from "#lib/registry/schemas.ts";

/** What a version is, where it comes from, where it went. */
export async function Overview({ ctx, version, all }: { ctx: Ctx; version: ModelVersion; all: boolean }) {
  const { metrics, modelName } = version;
  const from = LineageQuery.parse({ from: `version:${modelName}/${version.version}`, depth: 3 });
  const [graph, timeline] = await Promise.all([
    getLineage(ctx, from),
    getTimeline(ctx, { name: modelName }, approvalFacts),
  ]);
  const shown = timeline.versions.find((one) => one.version === version.version);
  return (
    <div className="space-y-4">
      <StatGrid>
        <Stat label="Test accuracy" value={percent(metrics["test_accuracy"])} />
        <Stat label="Test loss" value={figure(metrics["test_loss"])} unit="nats" />
        <Stat label="Calibration error" value={percent(metrics["calibration_error"])} />
        <Stat label="Size" value={bytes(version.sizeBytes)} note={version.onnxDigest === null ? "all files" : "ONNX"} />
        <Stat
          label="Digest"
          value={
            version.onnxDigest === null ? (
              "no ONNX file"
            ) : (
              <CopyId id={version.onnxDigest} label="ONNX digest" className="text-sm" />
            )
          }
          note={version.onnxDigest === null ? "it cannot be served" : "SHA-256"}
        />
      </StatGrid>
      <LineagePicture graph={graph} all={all} />
      <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,2fr)_minmax(0,3fr)]">
        <VersionCard version={version} registeredBy={shown?.registeredByLabel ?? version.createdBy} />
        <StageHistory
          single
          title="Its changes of stage"
          entries={timeline.entries.filter((entry) => entry.version === version.version)}
        />
      </div>
    </div>
  );
}
