import Link from "next/link";
import { Button } from "#app/_ui/button.tsx";
import { Card } from "#app/_ui/card.tsx";
import { count, figure, percent } from "#app/_ui/format.ts";
import { Stat, StatGrid } from "#app/_ui/stat.tsx";
import { StageBadge, SyntheticBadge } from "#app/_ui/status-badge.tsx";
import { Time } from "#app/_ui/time.tsx";
import type { ModelVersion, StageTransition } from "#lib/registry/schemas.ts";
import type { PredictionStats } from "#lib/serving/schemas.ts";

/** What answers predictions now, since when, how good it is, and how much it is asked. */
export function ProductionCard(props: {
  version: ModelVersion;
  history: readonly StageTransition[];
  stats: PredictionStats;
}) {
  const { version, history, stats } = props;
  const since = history.find((change) => change.version === version.version && change.to === "Production")?.at;
  return (
    <Card
      title="In Production"
      aside={
        <Button asChild size="sm" variant="primary">
          <Link href="/draw">Draw a digit</Link>
        </Button>
      }
    >
      <div className="mb-3 flex flex-wrap items-center gap-2">
        <Link
          href={`/models/${version.modelName}?v=${version.version}`}
          className="text-lg font-semibold underline-offset-2 hover:underline"
        >
          {version.modelName} {version.version}
        </Link>
        <StageBadge stage={version.stage} />
        {version.lineage.synthetic === true && <SyntheticBadge />}
        {since !== undefined && (
          <span className="text-muted-foreground">
            since <Time at={since} />
          </span>
        )}
      </div>
      <StatGrid>
        <Stat
          label="Test accuracy"
          value={percent(version.metrics["test_accuracy"])}
          note={`loss ${figure(version.metrics["test_loss"])}`}
        />
        <Stat label="Predictions today" value={count(stats.today)} note={`${count(stats.lastHour)} in the last hour`} />
        <Stat label="Mean confidence today" value={percent(stats.meanConfidence, 1)} />
      </StatGrid>
    </Card>
  );
}
