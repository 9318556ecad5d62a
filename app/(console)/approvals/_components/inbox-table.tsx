"use client";
import Link from "next/link";
import { type RefObject, useMemo, useRef, useState } from "react";
import { toast } from "sonner";
import { type Hotkey, useHotkeys } from "#app/_ui/hotkeys.tsx";
import { Head, Table, Td, Tr } from "#app/_ui/table.tsx";
import { Deadline } from "#app/(console)/approvals/_components/deadline.tsx";
import { EvidenceWord } from "#app/(console)/approvals/_components/request-badges.tsx";
import {
  ASKED_COLUMNS,
  AskedCells,
  STANDING_COLUMNS,
  StandingCells,
} from "#app/(console)/approvals/_components/request-cells.tsx";
import { ReviewDialog } from "#app/(console)/approvals/_components/review-dialog.tsx";
import { targetWords } from "#app/(console)/approvals/_components/words.ts";
import type { Decision, RequestSummary } from "#lib/approvals/schemas.ts";
import { isTerminal } from "#lib/approvals/status.ts";

interface Asked {
  request: RequestSummary;
  decision: Decision;
}

/** One row a request. `j` `k` move, Enter opens, `a` `d` `r` ask once about the row that has the focus. */
export function InboxTable({ requests, onDone }: { requests: RequestSummary[]; onDone(): void }) {
  const body = useRef<HTMLTableSectionElement>(null);
  const [asked, setAsked] = useState<Asked | null>(null);
  useHotkeys("Approvals", useInboxKeys(body, requests, setAsked));
  return (
    <>
      <Table label="Requests" framed>
        <Head columns={["Request", ...STANDING_COLUMNS, "Evidence", ...ASKED_COLUMNS, "Ends"]} />
        <tbody ref={body}>
          {requests.map((request) => (
            <Tr key={request.id} className="focus-within:bg-accent/60 hover:bg-muted/60">
              <Td>
                <Link
                  href={`/approvals/${request.id}`}
                  data-request={request.id}
                  className="font-medium underline-offset-2 hover:underline"
                >
                  {request.modelName} {request.modelVersion} <span aria-hidden>→</span>
                  <span className="sr-only">to</span> {targetWords(request.target)}
                </Link>
              </Td>
              <StandingCells request={request} />
              <Td>
                <EvidenceWord evidence={request.evidence} />
              </Td>
              <AskedCells request={request} />
              <Td>{isTerminal(request.state) ? "–" : <Deadline at={request.validUntil ?? request.expiresAt} />}</Td>
            </Tr>
          ))}
        </tbody>
      </Table>
      {asked !== null && <ReviewDialog {...asked} onDone={onDone} onClose={() => setAsked(null)} />}
    </>
  );
}

function useInboxKeys(
  body: RefObject<HTMLTableSectionElement | null>,
  requests: RequestSummary[],
  ask: (asked: Asked) => void,
): Hotkey[] {
  return useMemo(() => {
    const links = () => [...(body.current?.querySelectorAll<HTMLAnchorElement>("[data-request]") ?? [])];
    const current = () => {
      const row = document.activeElement?.closest("tr");
      return links().findIndex((link) => link.closest("tr") === row);
    };
    const move = (by: number) => {
      const all = links();
      const at = current();
      all[at === -1 ? 0 : Math.min(all.length - 1, Math.max(0, at + by))]?.focus();
    };
    const decide = (decision: Decision) => () => {
      const request = requests[current()];
      if (request === undefined) {
        toast("Choose a request with j and k first.");
      } else if (request.waitingOnMe || request.state === "approved") {
        ask({ request, decision });
      } else {
        toast("Your review is not asked for here; the request says why.");
      }
    };
    return [
      { keys: "j", what: "Next request", run: () => move(1) },
      { keys: "k", what: "Previous request", run: () => move(-1) },
      { keys: "Enter", what: "Open the request", run: () => links()[current()]?.click() },
      { keys: "a", what: "Approve (asks once)", run: decide("approve") },
      { keys: "d", what: "Deny (asks once, with a comment)", run: decide("deny") },
      { keys: "r", what: "Request changes (asks once, with a comment)", run: decide("request_changes") },
    ];
  }, [body, requests, ask]);
}
