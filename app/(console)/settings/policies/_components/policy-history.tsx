import { ActorName } from "#app/_ui/actor-name.tsx";
import { Badge } from "#app/_ui/badge.tsx";
import { Card } from "#app/_ui/card.tsx";
import { Time } from "#app/_ui/time.tsx";
import { DiffTable } from "#app/(console)/approvals/_components/diff-table.tsx";
import type { Policy } from "#lib/approvals/schemas.ts";

/** Every version of a policy, newest first, each with what it changed. */
export function PolicyHistory({ versions }: { versions: readonly Policy[] }) {
  if (versions.length === 0) return null;
  return (
    <Card title="Versions" flush>
      <ul>
        {versions.map((policy, place) => {
          const before = versions[place + 1];
          const isRemoved = policy.removed;
          return (
            <li key={policy.id} className="border-t border-border first:border-t-0">
              <details open={place === 0 && before !== undefined}>
                <summary className="flex min-h-10 cursor-pointer flex-wrap items-center gap-x-3 gap-y-1 px-4 py-1.5 hover:bg-muted/60">
                  <span className="font-medium">Version {policy.version}</span>
                  {isRemoved && <Badge tone="warning">removed</Badge>}
                  {place === 0 && !isRemoved && <Badge tone="success">holds</Badge>}
                  <span className="ml-auto flex flex-wrap gap-x-3 text-xs text-muted-foreground">
                    <Time at={policy.createdAt} /> <ActorName actor={policy.createdBy} />
                  </span>
                </summary>
                {isRemoved ? (
                  <p className="px-4 pb-3 text-muted-foreground">From then on nothing was protected by it.</p>
                ) : (
                  <DiffTable
                    label={before === undefined ? "What it began with" : `What changed since version ${before.version}`}
                    before={before?.body}
                    after={policy.body}
                  />
                )}
              </details>
            </li>
          );
        })}
      </ul>
    </Card>
  );
}
