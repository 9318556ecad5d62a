"use client";
import { Badge, type Tone } from "#app/_ui/badge.tsx";
import { Button } from "#app/_ui/button.tsx";
import { EmptyState } from "#app/_ui/empty-state.tsx";
import { Head, Table, Td, Tr } from "#app/_ui/table.tsx";
import { Time } from "#app/_ui/time.tsx";
import { ActionCell } from "#app/(console)/settings/_components/action-cell.tsx";
import { useAsk } from "#app/(console)/settings/_components/ask.tsx";
import { useAct } from "#app/(console)/settings/_components/use-act.ts";
import type { Invitation } from "#lib/auth/schemas.ts";

const COLUMNS = ["E-mail", "Role", "State", "Made", "Until", { name: "Actions", hidden: true }];

const TONES: Record<Invitation["state"], Tone> = {
  open: "accent",
  accepted: "success",
  revoked: "neutral",
  expired: "warning",
};

export function InvitationTable(props: { invitations: readonly Invitation[]; onInvite(): void }) {
  const { ask: open, question } = useAsk();
  const act = useAct();
  const ask = ({ id, email }: Invitation) =>
    open({
      title: `Take back the invitation of ${email}?`,
      text: "The link stops to work.",
      action: "Take it back",
      run: () => act("DELETE", `/api/invitations/${id}`, { done: `The link of ${email} no longer works` }),
    });
  if (props.invitations.length === 0) {
    return (
      <EmptyState title="No invitations yet">
        <p>People come into the project by a link that works once. Their address and role are chosen with it.</p>
        <Button variant="primary" onClick={props.onInvite}>
          Invite somebody
        </Button>
      </EmptyState>
    );
  }
  return (
    <>
      <Table label="Invitations" framed>
        <Head columns={COLUMNS} />
        <tbody>
          {props.invitations.map((invitation) => (
            <Tr key={invitation.id}>
              <Td className="font-medium">{invitation.email}</Td>
              <Td>{invitation.role}</Td>
              <Td>
                <Badge tone={TONES[invitation.state]}>{invitation.state}</Badge>
              </Td>
              <Td>
                <Time at={invitation.createdAt} />
              </Td>
              <Td>{invitation.state === "open" ? <Time at={invitation.expiresAt} /> : "–"}</Td>
              <ActionCell
                action="Take back"
                label={`Take back the invitation of ${invitation.email}`}
                onClick={invitation.state === "open" ? () => ask(invitation) : null}
              />
            </Tr>
          ))}
        </tbody>
      </Table>
      {question}
    </>
  );
}
