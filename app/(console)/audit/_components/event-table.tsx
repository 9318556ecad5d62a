"use client";
import { Anchor } from "lucide-react";
import Link from "next/link";
import { useMemo, useRef } from "react";
import { Badge } from "#app/_ui/badge.tsx";
import { type Hotkey, useHotkeys } from "#app/_ui/hotkeys.tsx";
import { Head, Table, Td, Tr } from "#app/_ui/table.tsx";
import { moment, subjectHref } from "#app/(console)/audit/_components/words.ts";
import type { AuditEventRow } from "#lib/record/schemas.ts";

/** Newest first. `j` `k` move, Enter opens the event that has the focus. */
export function EventTable({ events, onOpen }: { events: AuditEventRow[]; onOpen(event: AuditEventRow): void }) {
  const body = useRef<HTMLTableSectionElement>(null);
  const keys = useMemo((): Hotkey[] => {
    const move = (by: number) => {
      const all = [...(body.current?.querySelectorAll<HTMLButtonElement>("button[data-event]") ?? [])];
      const row = document.activeElement?.closest("tr");
      const at = all.findIndex((button) => button.closest("tr") === row);
      all[at === -1 ? 0 : Math.min(all.length - 1, Math.max(0, at + by))]?.focus();
    };
    return [
      { keys: "j", what: "Next event", run: () => move(1) },
      { keys: "k", what: "Previous event", run: () => move(-1) },
    ];
  }, []);
  useHotkeys("Audit log", keys);
  return (
    <Table label="Events" framed>
      <Head
        columns={[
          { name: "No.", number: true },
          "When (UTC)",
          "Action",
          { name: "Subject", className: "w-full" },
          "Who",
          "Address",
          "Anchored",
        ]}
      />
      <tbody ref={body}>
        {events.map((event) => {
          const href = subjectHref(event.subject);
          return (
            <Tr key={event.seq} className="focus-within:bg-accent/60 hover:bg-muted/60">
              <Td number>
                <button
                  type="button"
                  data-event={event.seq}
                  aria-label={`Event ${event.seq}: ${event.action}, open the details`}
                  onClick={() => onOpen(event)}
                  className="font-medium text-primary underline underline-offset-2"
                >
                  {event.seq}
                </button>
              </Td>
              <Td className="tabular">
                <time dateTime={event.at}>{moment(event.at)}</time>
              </Td>
              <Td className="font-mono">{event.action}</Td>
              <Td className="max-w-72 truncate font-mono" title={event.subject}>
                {href === null ? (
                  event.subject
                ) : (
                  <Link href={href} className="underline-offset-2 hover:underline">
                    {event.subject}
                  </Link>
                )}
              </Td>
              <Td className="max-w-52 truncate" title={event.actor}>
                {event.actorLabel}
                {event.onBehalfOf !== null && <span className="text-muted-foreground"> for {event.onBehalfOf}</span>}
              </Td>
              <Td className="tabular">{event.ip ?? "–"}</Td>
              <Td>
                {event.anchored ? (
                  <Badge tone="success" icon={<Anchor aria-hidden />}>
                    anchored
                  </Badge>
                ) : (
                  <Badge>not yet</Badge>
                )}
              </Td>
            </Tr>
          );
        })}
      </tbody>
    </Table>
  );
}
