import { Check, Clock } from "lucide-react";
import { Badge } from "#app/_ui/badge.tsx";
import { Card } from "#app/_ui/card.tsx";
import { Progress } from "#app/_ui/progress.tsx";
import { GATES } from "#app/(console)/approvals/_components/gates.ts";
import type { RequestDetail, ThresholdProgress } from "#lib/approvals/schemas.ts";
import { isTerminal } from "#lib/approvals/status.ts";

/** How far each threshold is, who may decide, and who made what is asked for. */
export function PeopleCard({ request }: { request: RequestDetail }) {
  const { thresholds, eligible, contributors, permissions, requestedBy } = request;
  const open = !isTerminal(request.state);
  return (
    <Card title="Who has to agree">
      {open && <p className="mb-3">{neededWords(request)}</p>}
      <ul className="space-y-3">
        {thresholds.map((threshold) => (
          <Threshold
            key={threshold.name}
            threshold={threshold}
            asked={permissions.review && permissions.asked.includes(threshold.name)}
          />
        ))}
      </ul>
      <dl className="mt-4 space-y-2 border-t border-border pt-3 [&_dt]:text-xs [&_dt]:text-muted-foreground">
        {open && (
          <div>
            <dt>May decide</dt>
            <dd>
              {eligible.length === 0 ? "nobody" : eligible.map(({ name, role }) => `${name} (${role})`).join(", ")}
            </dd>
          </div>
        )}
        <div>
          <dt>Made what is asked for</dt>
          <dd>{contributors.length === 0 ? "nobody known" : contributors.map(({ name }) => name).join(", ")}</dd>
        </div>
        <div>
          <dt>Asked</dt>
          <dd>
            {requestedBy.name}
            {request.requestedVia.startsWith("apiKey:") && " with an API key"}
          </dd>
        </div>
      </dl>
    </Card>
  );
}

/** What keeps it from being approved, people and gates together. */
function neededWords({ state, thresholds, gates }: RequestDetail): string {
  if (state === "approved") return "Everything is there; it can be carried out.";
  if (state === "executing") return "It is being carried out.";
  const missing = [
    ...thresholds.flatMap(({ name, approvals, needed, met }) => (met ? [] : [`${needed - approvals} more of ${name}`])),
    ...gates.flatMap(({ holds, kind }) => (holds ? [] : [`the gate “${GATES[kind].name}”`])),
    ...(state === "changes_requested" ? ["another round"] : []),
  ];
  return missing.length === 0 ? "Nothing is missing." : `Still needed: ${missing.join(", ")}.`;
}

function Threshold({ threshold, asked }: { threshold: ThresholdProgress; asked: boolean }) {
  const { name, approvals, needed, denials, met } = threshold;
  return (
    <li className="space-y-1.5">
      <p className="flex flex-wrap items-center gap-2">
        <span className="font-medium">{name}</span>
        <span className="tabular text-muted-foreground">
          {approvals} of {needed}
        </span>
        {denials > 0 && <span className="text-danger">{denials} denied</span>}
        {asked && !met && <Badge tone="accent">you are asked</Badge>}
        <Badge
          tone={met ? "success" : "neutral"}
          icon={met ? <Check aria-hidden /> : <Clock aria-hidden />}
          className="ml-auto"
        >
          {met ? "met" : `${needed - approvals} more needed`}
        </Badge>
      </p>
      <Progress value={approvals / needed} label={`${name}: ${approvals} of ${needed}`} />
    </li>
  );
}
