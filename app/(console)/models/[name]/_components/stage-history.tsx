import { ActorName } from "#app/_ui/actor-name.tsx";
import { Card } from "#app/_ui/card.tsx";
import { StageBadge } from "#app/_ui/status-badge.tsx";
import { Head, Table, Td, Tr } from "#app/_ui/table.tsx";
import { Time } from "#app/_ui/time.tsx";
import type { StageTransition } from "#lib/registry/schemas.ts";

interface Span {
  version: number;
  from: string;
  until: string | null;
}

/** The spans in which each version was in Production, newest first, from transitions newest first. */
export function productionSpans(history: readonly StageTransition[]): Span[] {
  const spans: Span[] = [];
  for (const change of history.toReversed()) {
    const open = spans.at(-1);
    if (change.from === "Production" && open?.version === change.version) open.until = change.at;
    if (change.to === "Production") spans.push({ version: change.version, from: change.at, until: null });
  }
  return spans.reverse();
}

/** What was live when, and every change of stage with who and why. */
export function StageHistory({ history }: { history: StageTransition[] }) {
  const spans = productionSpans(history);
  return (
    <div className="min-w-0 space-y-4">
      <Card title="What was live when" flush>
        {spans.length === 0 ? (
          <p className="p-4 text-muted-foreground">
            No version has been in Production yet. “Stage” in the table promotes one.
          </p>
        ) : (
          <Table label="What was live when">
            <Head columns={["Version", "From", "Until"]} />
            <tbody>
              {spans.map((span) => (
                <Tr key={span.from}>
                  <Td className="tabular">{span.version}</Td>
                  <Td>
                    <Time at={span.from} />
                  </Td>
                  <Td>{span.until === null ? <StageBadge stage="Production" /> : <Time at={span.until} />}</Td>
                </Tr>
              ))}
            </tbody>
          </Table>
        )}
      </Card>
      <Card title="Changes of stage" flush>
        {history.length === 0 ? (
          <p className="p-4 text-muted-foreground">No version has changed its stage yet.</p>
        ) : (
          <Table label="Changes of stage">
            <Head columns={["Version", "Change", "When", "Who", { name: "Why", className: "w-full" }]} />
            <tbody>
              {history.map((change) => (
                <Tr key={`${change.version}-${change.at}-${change.to}`}>
                  <Td className="tabular">{change.version}</Td>
                  <Td>
                    <span className="flex items-center gap-1.5">
                      {change.from} <span className="sr-only">to</span>
                      <span aria-hidden>→</span> <StageBadge stage={change.to} />
                    </span>
                  </Td>
                  <Td>
                    <Time at={change.at} />
                  </Td>
                  <Td>
                    <ActorName actor={change.actor} />
                  </Td>
                  <Td className="min-w-40 py-1.5 break-words whitespace-normal">
                    {change.reason === "" ? "–" : change.reason}
                  </Td>
                </Tr>
              ))}
            </tbody>
          </Table>
        )}
      </Card>
    </div>
  );
}
