import { createLoader, parseAsInteger, parseAsString, parseAsStringLiteral } from "nuqs/server";
import type { z } from "zod";
import { AuditQuery, DeniedQuery } from "#lib/record/schemas.ts";

/** The parts of the page. `denied` is for admins of the instance. */
const VIEWS = ["log", "denied", "reconciliation"] as const;
export type View = (typeof VIEWS)[number];

/** What is looked for, all of it in the address. Times are ISO 8601, UTC. */
export const auditSearch = {
  view: parseAsStringLiteral(VIEWS).withDefault("log"),
  chain: parseAsStringLiteral(["project", "instance"]).withDefault("project"),
  q: parseAsString.withDefault(""),
  actor: parseAsString.withDefault(""),
  action: parseAsString.withDefault(""),
  subject: parseAsString.withDefault(""),
  from: parseAsString.withDefault(""),
  to: parseAsString.withDefault(""),
  requestId: parseAsString.withDefault(""),
  /** Of refused attempts. */
  ip: parseAsString.withDefault(""),
  cursor: parseAsString.withDefault(""),
  /** The event whose details are open. */
  event: parseAsInteger,
};

export const loadAuditSearch = createLoader(auditSearch);
export type AuditSearch = Awaited<ReturnType<typeof loadAuditSearch>>;

/** Fields that narrow a list down, in the order in which they are told. */
export const FILTERS = ["q", "actor", "action", "subject", "from", "to", "requestId", "ip"] as const;
export type Filter = (typeof FILTERS)[number];

/** All filters taken away. */
export const NO_FILTERS = Object.fromEntries(FILTERS.map((name) => [name, null])) as Record<Filter, null>;

/** What the address asks of the log, or its beginning where the address does not make sense. */
export function toAuditQuery(search: AuditSearch): z.infer<typeof AuditQuery> {
  const parsed = AuditQuery.safeParse({ chain: search.chain, ...given(search) });
  return parsed.success ? parsed.data : AuditQuery.parse({ chain: search.chain });
}

export function toDeniedQuery(search: AuditSearch): z.infer<typeof DeniedQuery> {
  const parsed = DeniedQuery.safeParse(given(search));
  return parsed.success ? parsed.data : DeniedQuery.parse({});
}

/** Where the API gives what the log shows as a file. */
export function exportHref(search: AuditSearch, format: "jsonl" | "csv", project: string): string {
  const { cursor: _, ip: __, ...filters } = given(search);
  return `/api/audit/export?${new URLSearchParams({ ...filters, chain: search.chain, format, project })}`;
}

function given(search: AuditSearch): Partial<Record<Filter | "cursor", string>> {
  const names = [...FILTERS, "cursor"] as const;
  return Object.fromEntries(names.flatMap((name) => (search[name].trim() === "" ? [] : [[name, search[name]]])));
}
