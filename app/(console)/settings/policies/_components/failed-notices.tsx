import Link from "next/link";
import { Button } from "#app/_ui/button.tsx";
import { Card } from "#app/_ui/card.tsx";
import { Head, Table, Td, Tr } from "#app/_ui/table.tsx";
import { Time } from "#app/_ui/time.tsx";
import { targetWords } from "#app/(console)/approvals/_components/words.ts";
import type { NoticeKind } from "#lib/approvals/notices/kinds.ts";
import type { NoticePage } from "#lib/approvals/notices/schemas.ts";

const KIND_WORDS: Record<NoticeKind, string> = {
  requested: "waits for review",
  expiring: "ends soon",
  approved: "approved",
  denied: "denied",
  changes_requested: "changes requested",
  revoked: "approval taken back",
  invalidated: "changed since it was asked",
  expired: "over",
  executed: "carried out",
  failed: "could not be carried out",
  break_glass: "break-glass",
  evidence_failed: "no evidence",
};

/** Mails and messages about requests that were given up, newest first; nothing where there are none. */
export function FailedNotices({ page, isFirst }: { page: NoticePage; isFirst: boolean }) {
  if (page.items.length === 0 && isFirst) return null;
  return (
    <Card
      title="Notices that reached nobody"
      aside={
        <span className="flex gap-2">
          {!isFirst && (
            <Button asChild size="sm">
              <Link href="/settings/policies">Newest</Link>
            </Button>
          )}
          {page.nextCursor !== undefined && (
            <Button asChild size="sm">
              <Link href={`/settings/policies?notices=${page.nextCursor}`}>Older</Link>
            </Button>
          )}
        </span>
      }
      flush
    >
      <Table label="Notices that reached nobody">
        <Head
          columns={[
            "When",
            "Request",
            "What was to be told",
            "To",
            { name: "Tries", number: true },
            { name: "Last error", className: "w-full" },
          ]}
        />
        <tbody>
          {page.items.map((notice) => (
            <Tr key={notice.id} className="hover:bg-muted/60">
              <Td>
                <Time at={notice.createdAt} />
              </Td>
              <Td>
                <Link href={`/approvals/${notice.requestId}`} className="underline-offset-2 hover:underline">
                  {notice.modelName} {notice.modelVersion} <span aria-hidden>→</span>
                  <span className="sr-only">to</span> {targetWords(notice.target)}
                </Link>
              </Td>
              <Td>{KIND_WORDS[notice.kind]}</Td>
              <Td>{notice.recipient === null ? "the Slack channel" : `${notice.recipient.name}, by mail`}</Td>
              <Td number>{notice.attempts}</Td>
              <Td className="min-w-64 py-1.5 wrap-anywhere whitespace-normal">{notice.lastError ?? "–"}</Td>
            </Tr>
          ))}
        </tbody>
      </Table>
    </Card>
  );
}
