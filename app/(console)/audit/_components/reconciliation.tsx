import { ShieldCheck, TriangleAlert } from "lucide-react";
import Link from "next/link";
import { EmptyState } from "#app/_ui/empty-state.tsx";
import { plural } from "#app/_ui/format.ts";
import { Time } from "#app/_ui/time.tsx";
import type { ReconcileReport } from "#lib/record/schemas.ts";

/** Whether what is in Production is what was approved, model by model; each disagreement in words. */
export function Reconciliation({ report }: { report: ReconcileReport }) {
  const { models, mismatches, checkedAt, ok } = report;
  if (models === 0) {
    return (
      <EmptyState title="No models yet">
        <p>With the first model, what is in Production is compared with what was approved here.</p>
      </EmptyState>
    );
  }
  return (
    <div className="space-y-4">
      <div
        role="status"
        className={
          ok
            ? "flex flex-wrap items-center gap-2 rounded-lg border border-success bg-success-muted p-4 text-success"
            : "flex flex-wrap items-center gap-2 rounded-lg border border-danger bg-danger-muted p-4 text-danger"
        }
      >
        {ok ? (
          <ShieldCheck className="size-5 shrink-0" aria-hidden />
        ) : (
          <TriangleAlert className="size-5 shrink-0" aria-hidden />
        )}
        <p className="font-semibold">
          {ok
            ? `All agree: what is in Production is what was approved, in ${plural(models, "model")}.`
            : `${plural(mismatches.length, "disagreement")} in ${plural(models, "model")}.`}
        </p>
        <p className="text-xs">
          Compared <Time at={checkedAt} />; again with each visit, and every hour by itself.
        </p>
      </div>
      {mismatches.length > 0 && (
        <ul className="space-y-3">
          {mismatches.map(({ kind, modelName, version, message, remedy }) => (
            <li
              key={`${kind}-${modelName}-${version}`}
              className="space-y-1 rounded-lg border border-border bg-card px-4 py-3"
            >
              <p className="font-medium break-words">{message}</p>
              <p className="text-muted-foreground">{remedy}</p>
              <p>
                <Link
                  href={`/models/${modelName}${version === null ? "" : `/versions/${version}`}`}
                  className="text-primary underline"
                >
                  {modelName} {version}
                </Link>
              </p>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
