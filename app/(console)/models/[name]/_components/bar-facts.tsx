import Link from "next/link";
import { duration, percent } from "#app/_ui/format.ts";
import { StageBadge, SyntheticBadge } from "#app/_ui/status-badge.tsx";
import { ApprovalWords } from "#app/(console)/models/[name]/_components/approval-words.tsx";
import { datasetHref, datasetWords, versionHref } from "#app/(console)/models/[name]/_components/hrefs.ts";
import type { StageBar, Timeline, TimelineVersion } from "#lib/record/schemas.ts";

/** Three lines about a version's time in a stage: how long, by whom on whose approval, trained on what. */
export function BarFacts(props: { timeline: Timeline; version: TimelineVersion; bar: StageBar }) {
  const { timeline, version, bar } = props;
  const move = timeline.entries.find(
    (entry) => entry.version === version.version && entry.at === bar.from && entry.to === bar.stage,
  );
  const until = bar.to ?? timeline.to;
  const data = datasetWords(version.trainedOn);
  const to = datasetHref(version.trainedOn);
  return (
    <div className="space-y-1 text-xs">
      <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <Link
          href={versionHref(timeline.modelName, version.version)}
          className="text-sm font-semibold underline underline-offset-2"
        >
          Version {version.version}
        </Link>
        <StageBadge stage={bar.stage} />
        <span className="tabular text-muted-foreground">
          {bar.from.slice(0, 16).replace("T", " ")} – {bar.to === null ? "now" : bar.to.slice(0, 16).replace("T", " ")},{" "}
          {duration(Date.parse(until) - Date.parse(bar.from))}
        </span>
      </p>
      <p className="line-clamp-2">
        {bar.stage === "None" ? "Registered" : "Moved"} by {bar.actorLabel}
        {bar.stage !== "None" && (
          <>
            , <ApprovalWords approvalId={bar.approvalId} approval={move?.approval ?? null} />
          </>
        )}
        {move !== undefined && move.reason !== "" && <span className="text-muted-foreground"> “{move.reason}”</span>}
      </p>
      <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <span>
          Trained on{" "}
          {to === null ? (
            data
          ) : (
            <Link href={to} className="text-primary underline">
              {data}
            </Link>
          )}
          {version.runId !== null && (
            <>
              {" "}
              by{" "}
              <Link href={`/runs/${version.runId}`} className="text-primary underline">
                its run
              </Link>
            </>
          )}
          , {percent(version.testAccuracy)} of the test set right
        </span>
        {version.trainedOn.synthetic === true && <SyntheticBadge />}
      </p>
    </div>
  );
}
