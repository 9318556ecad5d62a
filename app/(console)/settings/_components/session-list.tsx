"use client";
import { Badge } from "#app/_ui/badge.tsx";
import { Head, Table, Td, Tr } from "#app/_ui/table.tsx";
import { Time } from "#app/_ui/time.tsx";
import { ActionCell } from "#app/(console)/settings/_components/action-cell.tsx";
import { useAsk } from "#app/(console)/settings/_components/ask.tsx";
import { deviceOf } from "#app/(console)/settings/_components/device-of.ts";
import type { SessionSummary } from "#lib/auth/schemas.ts";

const COLUMNS = ["Browser", "Address", "Signed in by", "Since", "Last seen", { name: "Actions", hidden: true }];

/** Open sessions, the latest used first; the one that looks is marked and ends by signing out. */
export function SessionList(props: {
  sessions: readonly SessionSummary[];
  onEnd(session: SessionSummary): Promise<boolean>;
}) {
  const { ask: open, question } = useAsk();
  const ask = (session: SessionSummary) =>
    open({
      title: `End the session of ${deviceOf(session.userAgent)}?`,
      text: "That browser has to sign in again.",
      action: "End the session",
      run: () => props.onEnd(session),
    });
  return (
    <>
      <Table label="Sessions">
        <Head columns={COLUMNS} />
        <tbody>
          {props.sessions.map((session) => (
            <Tr key={session.id}>
              <Td className="font-medium">
                <span title={session.userAgent ?? undefined}>{deviceOf(session.userAgent)}</span>
                {session.current && (
                  <Badge tone="accent" className="ml-2">
                    this one
                  </Badge>
                )}
              </Td>
              <Td className="font-mono">{session.ip ?? "–"}</Td>
              <Td>{session.method === "oidc" ? "provider" : "password"}</Td>
              <Td>
                <Time at={session.createdAt} />
              </Td>
              <Td>
                <Time at={session.lastSeenAt} />
              </Td>
              <ActionCell
                action="End"
                label={`End the session of ${deviceOf(session.userAgent)}`}
                onClick={session.current ? null : () => ask(session)}
              />
            </Tr>
          ))}
        </tbody>
      </Table>
      {question}
    </>
  );
}
