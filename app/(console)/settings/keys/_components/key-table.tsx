"use client";
import { Badge } from "#app/_ui/badge.tsx";
import { Head, Table, Td, Tr } from "#app/_ui/table.tsx";
import { Time } from "#app/_ui/time.tsx";
import { ActionCell } from "#app/(console)/settings/_components/action-cell.tsx";
import { useAsk } from "#app/(console)/settings/_components/ask.tsx";
import { useAct } from "#app/(console)/settings/_components/use-act.ts";
import { keyState } from "#app/(console)/settings/keys/key-state.ts";
import type { ApiKeySummary } from "#lib/auth/schemas.ts";

const COLUMNS = [
  "Name",
  "Begins with",
  "Scopes",
  "Limits",
  "Made",
  "Last used",
  "Until",
  { name: "Actions", hidden: true },
];

/** Keys with what they may do, the newest first. `showOwner` where not all are one's own. */
export function KeyTable(props: { keys: readonly ApiKeySummary[]; showOwner: boolean; framed?: boolean }) {
  const { keys, showOwner, framed = true } = props;
  const { ask: open, question } = useAsk();
  const act = useAct();
  const ask = ({ id, name, prefix }: ApiKeySummary) =>
    open({
      title: `Revoke the key ${name}?`,
      text: `Whatever uses ${prefix}… is refused from its next request on. A revoked key does not come back.`,
      action: `Revoke ${name}`,
      run: () => act("DELETE", `/api/keys/${id}`, { done: `${name} is revoked` }),
    });
  const columns = showOwner ? [...COLUMNS.slice(0, 2), "Owner", ...COLUMNS.slice(2)] : COLUMNS;
  return (
    <>
      <Table label="Keys" framed={framed}>
        <Head columns={columns} />
        <tbody>
          {keys.map((key) => (
            <Tr key={key.id}>
              <Td className="max-w-60 truncate font-medium" title={key.name}>
                {key.name}
              </Td>
              <Td className="font-mono">{key.prefix}…</Td>
              {showOwner && (
                <Td className="max-w-40 truncate">
                  <Owner of={key} />
                </Td>
              )}
              <Td className="max-w-52 truncate" title={key.scopes.join(", ")}>
                {key.scopes.join(", ")}
              </Td>
              <Td className="max-w-44 truncate" title={limitsOf(key)}>
                {limitsOf(key)}
              </Td>
              <Td>
                <Time at={key.createdAt} />
              </Td>
              <Td>{key.lastUsedAt === null ? "never" : <Time at={key.lastUsedAt} />}</Td>
              <Td>
                <Until of={key} />
              </Td>
              <ActionCell
                action="Revoke"
                label={`Revoke ${key.name}`}
                onClick={keyState(key) === "holds" ? () => ask(key) : null}
              />
            </Tr>
          ))}
        </tbody>
      </Table>
      {question}
    </>
  );
}

function Until({ of: key }: { of: ApiKeySummary }) {
  const state = keyState(key);
  if (state === "revoked") return <Badge tone="danger">revoked</Badge>;
  if (state === "expired") return <Badge tone="warning">expired</Badge>;
  return key.expiresAt === null ? "no end" : <Time at={key.expiresAt} />;
}

function Owner({ of: { owner } }: { of: ApiKeySummary }) {
  if (owner === null) return <span title="made by no account: the first key, or by it">–</span>;
  return <span title={owner.kind === "service" ? `service account ${owner.name}` : owner.name}>{owner.name}</span>;
}

function limitsOf({ models, deployments, perSecond }: ApiKeySummary): string {
  const limits = [
    ...(perSecond === null ? [] : [`${perSecond} requests/s`]),
    ...models.map((name) => `model ${name}`),
    ...deployments.map((name) => `deployment ${name}`),
  ];
  return limits.length === 0 ? "–" : limits.join(", ");
}
