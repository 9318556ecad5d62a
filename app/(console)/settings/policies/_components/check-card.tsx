"use client";
import { Check as CheckIcon, LoaderCircle, TriangleAlert, X } from "lucide-react";
import { Badge } from "#app/_ui/badge.tsx";
import { Card } from "#app/_ui/card.tsx";
import { Skeleton } from "#app/_ui/skeleton.tsx";
import type { Check } from "#app/(console)/settings/policies/_components/use-policy-check.ts";
import type { EligibleSet, Finding } from "#lib/approvals/schemas.ts";

/** Who could approve, by name, and why the policy cannot be saved. */
export function CheckCard({ check, complete }: { check: Check; complete: boolean }) {
  const { last } = check;
  return (
    <Card title="Who could approve" aside={<Verdict check={check} complete={complete} />}>
      <div role="status" className="min-h-32 space-y-3">
        {check.state === "failed" && <p className="text-danger">{check.message}</p>}
        {last === null ? check.state === "checking" && <Skeleton className="h-24" /> : <Who set={last} />}
      </div>
    </Card>
  );
}

function Verdict({ check, complete }: { check: Check; complete: boolean }) {
  if (!complete) return <Badge tone="warning">not complete yet</Badge>;
  if (check.state === "checking") return <Badge icon={<LoaderCircle aria-hidden />}>checking</Badge>;
  if (check.state === "failed") return <Badge tone="danger">not checked</Badge>;
  return check.last.satisfiable ? (
    <Badge tone="success" icon={<CheckIcon aria-hidden />}>
      can be met
    </Badge>
  ) : (
    <Badge tone="danger" icon={<X aria-hidden />}>
      nobody could meet it
    </Badge>
  );
}

function Who({ set }: { set: EligibleSet }) {
  return (
    <>
      <ul className="space-y-3">
        {set.thresholds.map((threshold) => (
          <li key={threshold.name}>
            <p className="flex flex-wrap items-center gap-2">
              <span className="font-medium">{threshold.name}</span>
              <span className="tabular text-muted-foreground">needs {threshold.approvals}</span>
              {!threshold.satisfiable && (
                <Badge tone="danger" icon={<X aria-hidden />}>
                  too few
                </Badge>
              )}
            </p>
            <p className="text-muted-foreground">
              {threshold.eligible.length === 0
                ? "Nobody."
                : threshold.eligible
                    .map(({ name, role, kind }) => `${name} (${kind === "service" ? "service account" : role})`)
                    .join(", ")}
            </p>
          </li>
        ))}
      </ul>
      <Findings title="It cannot be saved" findings={set.problems} tone="text-danger" />
      <Findings title="To know before it is saved" findings={set.warnings} tone="text-warning" />
    </>
  );
}

function Findings({ title, findings, tone }: { title: string; findings: readonly Finding[]; tone: string }) {
  if (findings.length === 0) return null;
  return (
    <div className="border-t border-border pt-3">
      <h3 className={`flex items-center gap-1.5 font-medium ${tone}`}>
        <TriangleAlert aria-hidden className="size-4" /> {title}
      </h3>
      <ul className="mt-1 space-y-1.5">
        {findings.map(({ field, problem, remedy }) => (
          <li key={`${field}-${problem}`}>
            {problem}. <span className="text-muted-foreground">{remedy}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
