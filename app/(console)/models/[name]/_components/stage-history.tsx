import Link from "next/link";
import { Card } from "#app/_ui/card.tsx";
import { StageBadge } from "#app/_ui/status-badge.tsx";
import { Head, Table, Td, Tr } from "#app/_ui/table.tsx";
import { Time } from "#app/_ui/time.tsx";
import type { TimelineEntry } from "#lib/record/schemas.ts";

/** Every change of stage, newest first, with who, why and on which approval. */
export function StageHistory({ entries, title = "Changes of stage" }: { entries: TimelineEntry[]; title?: string }) {
  const isApproved = entries.some(({ approvalId }) => approvalId !== null);
  return (
    <Card title={title} flush>
      {entries.length === 0 ? (
        <p className="p-4 text-muted-foreground">No change of stage yet. “Stage” beside a version makes one.</p>
      ) : (
        <Table label={title}>
          <Head
            columns={[
              "Version",
              "Change",
              "When",
              "Who",
              ...(isApproved ? ["Approval"] : []),
              { name: "Why", className: "w-full" },
            ]}
          />
          <tbody>
            {entries.map((change) => (
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
                <Td className="max-w-36 truncate" title={change.actor}>
                  {change.actorLabel}
                </Td>
                {isApproved && (
                  <Td>
                    {change.approvalId === null ? (
                      "–"
                    ) : (
                      <Link href={`/approvals/${change.approvalId}`} className="text-primary underline">
                        {change.approval?.emergency === true ? "break-glass" : "approval"}
                      </Link>
                    )}
                  </Td>
                )}
                <Td className="min-w-40 py-1.5 break-words whitespace-normal">
                  {change.reason === "" ? "–" : change.reason}
                </Td>
              </Tr>
            ))}
          </tbody>
        </Table>
      )}
    </Card>
  );
}
