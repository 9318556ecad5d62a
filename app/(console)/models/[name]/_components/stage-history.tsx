import Link from "next/link";
import { Card } from "#app/_ui/card.tsx";
import { StageBadge } from "#app/_ui/status-badge.tsx";
import { Head, Table, Td, Tr } from "#app/_ui/table.tsx";
import { Time } from "#app/_ui/time.tsx";
import type { TimelineEntry } from "#lib/record/schemas.ts";

/** Changes of stage, newest first, with who, why and on which approval. `single`: all of one version, that needs no column. */
export function StageHistory(props: { entries: TimelineEntry[]; title?: string; single?: boolean }) {
  const { entries, title = "Changes of stage", single = false } = props;
  return (
    <Card title={title} flush>
      {entries.length === 0 ? (
        <p className="p-4 text-muted-foreground">None yet. “Stage” beside a version makes one.</p>
      ) : (
        <Table label={title}>
          <Head
            columns={[...(single ? [] : ["Version"]), "Change", "When", "Who", { name: "Why", className: "w-full" }]}
          />
          <tbody>
            {entries.map((change) => (
              <Tr key={`${change.version}-${change.at}-${change.to}`}>
                {!single && <Td className="tabular">{change.version}</Td>}
                <Td>
                  <span className="flex items-center gap-1.5">
                    {change.from} <span className="sr-only">to</span>
                    <span aria-hidden>→</span> <StageBadge stage={change.to} />
                  </span>
                </Td>
                <Td>
                  <Time at={change.at} />
                </Td>
                <Td className="max-w-36 truncate" title={`${change.actorLabel}, ${change.actor}`}>
                  {change.actorLabel}
                </Td>
                <Td className="min-w-40 py-1.5 break-words whitespace-normal">
                  {change.reason === "" && change.approvalId === null ? "–" : <span>{change.reason} </span>}
                  {change.approvalId !== null && (
                    <Link href={`/approvals/${change.approvalId}`} className="whitespace-nowrap text-primary underline">
                      {change.approval?.emergency === true ? "break-glass" : "on an approval"}
                    </Link>
                  )}
                </Td>
              </Tr>
            ))}
          </tbody>
        </Table>
      )}
    </Card>
  );
}
