"use client";
import Link from "next/link";
import { Button } from "#app/_ui/button.tsx";
import { CopyId } from "#app/_ui/copy.tsx";
import { Dialog } from "#app/_ui/dialog.tsx";
import { Fact, Head, Table, Td, Tr } from "#app/_ui/table.tsx";
import { changesBetween } from "#app/(console)/approvals/_components/diff.ts";
import { toldBy } from "#app/(console)/audit/_components/event-diff.ts";
import { moment, subjectHref } from "#app/(console)/audit/_components/words.ts";
import type { Filter } from "#app/(console)/audit/search.ts";
import type { AuditEventRow } from "#lib/record/schemas.ts";

/** All of one event: what changed, who, from where, and how it hangs on the one before. */
export function EventDetail(props: {
  event: AuditEventRow;
  onClose(): void;
  onFilter(filter: Partial<Record<Filter, string>>): void;
}) {
  const { event, onClose, onFilter } = props;
  const href = subjectHref(event.subject);
  const { requestId, personal } = event;
  return (
    <Dialog open wide onOpenChange={onClose} title={event.action} description={`Event ${event.seq} of ${event.chain}`}>
      <div className="space-y-4">
        <Told detail={event.detail} />
        <section aria-label="About the event" className="rounded-md border border-border">
          <Table label="About the event">
            <tbody>
              <Fact name="Subject">
                <span className="font-mono wrap-anywhere whitespace-normal">
                  {href === null ? (
                    event.subject
                  ) : (
                    <Link href={href} className="text-primary underline">
                      {event.subject}
                    </Link>
                  )}
                </span>
              </Fact>
              <Fact name="When">{`${moment(event.at)}.${event.at.slice(20, 23)} UTC`}</Fact>
              <Fact name="Who">
                <span className="wrap-anywhere whitespace-normal">
                  {event.actorLabel} <span className="font-mono text-muted-foreground">{event.actor}</span>
                </span>
              </Fact>
              {event.onBehalfOf !== null && <Fact name="On behalf of">{event.onBehalfOf}</Fact>}
              <Fact name="Address">{event.ip}</Fact>
              <Fact name="Request">{requestId !== null && <CopyId id={requestId} label="request id" />}</Fact>
              {personal !== null && (
                <Fact name="Personal details" mono>
                  {personal.erasedAt !== null
                    ? `erased ${moment(personal.erasedAt)} UTC`
                    : personal.body === null
                      ? "for admins only"
                      : JSON.stringify(personal.body)}
                </Fact>
              )}
              <Fact name="Hash">
                <CopyId id={event.hash} label="hash" />
              </Fact>
              <Fact name="Hash before">
                <CopyId id={event.prev} label="hash of the event before" />
              </Fact>
              <Fact name="Anchored">
                <span className="whitespace-normal">
                  {event.anchored ? "yes: a signed checkpoint outside the database covers it" : "not yet"}
                </span>
              </Fact>
            </tbody>
          </Table>
        </section>
        <div className="flex flex-wrap gap-2">
          <Button size="sm" onClick={() => onFilter({ subject: event.subject })}>
            All about this subject
          </Button>
          <Button size="sm" onClick={() => onFilter({ actor: event.actor })}>
            All by this actor
          </Button>
          {requestId !== null && (
            <Button size="sm" onClick={() => onFilter({ requestId })}>
              All of this request
            </Button>
          )}
        </div>
      </div>
    </Dialog>
  );
}

function Told({ detail }: { detail: AuditEventRow["detail"] }) {
  const { change, rest } = toldBy(detail);
  const changes = change === null ? [] : changesBetween(change.before, change.after);
  const facts = changesBetween(undefined, rest);
  return (
    <>
      {changes.length > 0 && (
        <section aria-label="What changed" className="rounded-md border border-border">
          <Table label="What changed">
            <Head columns={["Field", "Before", "After"]} />
            <tbody>
              {changes.map(({ field, before, after }) => (
                <Tr key={field}>
                  <Td className="font-mono">{field}</Td>
                  <Value text={before} tone="text-danger" />
                  <Value text={after} tone="text-success" />
                </Tr>
              ))}
            </tbody>
          </Table>
        </section>
      )}
      {facts.length > 0 && (
        <section aria-label="What goes with it" className="rounded-md border border-border">
          <Table label="What goes with it">
            <tbody>
              {facts.map(({ field, after }) => (
                <Fact key={field} name={field} mono>
                  {after === "" ? "–" : after}
                </Fact>
              ))}
            </tbody>
          </Table>
        </section>
      )}
    </>
  );
}

function Value({ text, tone }: { text: string | null; tone: string }) {
  if (text === null) return <Td className="text-muted-foreground">not there</Td>;
  return <Td className={`min-w-32 py-1.5 font-mono wrap-anywhere whitespace-normal ${tone}`}>{text || "empty"}</Td>;
}
