"use client";
import Link from "next/link";
import { Badge } from "#app/_ui/badge.tsx";
import { Button } from "#app/_ui/button.tsx";
import { EmptyState } from "#app/_ui/empty-state.tsx";
import { Head, Table, Td, Tr } from "#app/_ui/table.tsx";
import { Time } from "#app/_ui/time.tsx";
import { ActionCell } from "#app/(console)/settings/_components/action-cell.tsx";
import { useAsk } from "#app/(console)/settings/_components/ask.tsx";
import { useAct } from "#app/(console)/settings/_components/use-act.ts";
import type { ServiceAccount } from "#lib/auth/schemas.ts";

const COLUMNS = ["Name", "Role", { name: "Keys", number: true }, "State", "Made", { name: "Actions", hidden: true }];

export function ServiceAccountTable(props: { accounts: readonly ServiceAccount[]; onCreate(): void }) {
  const { ask: open, question } = useAsk();
  const act = useAct();
  const set = ({ id, name }: ServiceAccount, disabled: boolean) =>
    act("PATCH", `/api/service-accounts/${id}`, {
      body: { disabled },
      done: disabled ? `${name} is disabled` : `${name} may act again`,
    });
  const ask = (account: ServiceAccount) =>
    open({
      title: `Disable ${account.name}?`,
      text: "Its keys stop to hold at once, until it is enabled again.",
      action: `Disable ${account.name}`,
      run: () => set(account, true),
    });
  if (props.accounts.length === 0) {
    return (
      <EmptyState title="No service accounts yet">
        <p>A program should not act with somebody's own key: that stops to hold when they leave.</p>
        <Button variant="primary" onClick={props.onCreate}>
          New service account
        </Button>
      </EmptyState>
    );
  }
  return (
    <>
      <Table label="Service accounts" framed>
        <Head columns={COLUMNS} />
        <tbody>
          {props.accounts.map((account) => (
            <Tr key={account.id}>
              <Td className="font-medium">{account.name}</Td>
              <Td>{account.role}</Td>
              <Td number>
                <Link href={`/settings/keys?owner=${account.id}`} className="underline">
                  {account.keys}
                </Link>
              </Td>
              <Td>{account.disabledAt === null ? "open" : <Badge tone="warning">disabled</Badge>}</Td>
              <Td>
                <Time at={account.createdAt} />
              </Td>
              <ActionCell
                action={account.disabledAt === null ? "Disable" : "Enable"}
                label={`${account.disabledAt === null ? "Disable" : "Enable"} ${account.name}`}
                onClick={() => (account.disabledAt === null ? ask(account) : void set(account, false))}
              />
            </Tr>
          ))}
        </tbody>
      </Table>
      {question}
    </>
  );
}
