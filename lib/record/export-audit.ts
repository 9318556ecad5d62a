import { csvLine } from "#lib/platform/csv.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { openChain, toAuditRows } from "#lib/record/audit-rows.ts";
import type { AuditEventRow, AuditExportQuery } from "#lib/record/schemas.ts";
import { selectEvents } from "#lib/record/store/events.ts";

const ROWS_AT_ONCE = 1_000;
const COLUMNS = [
  "chain",
  "seq",
  "at",
  "actor",
  "actorLabel",
  "onBehalfOf",
  "action",
  "subject",
  "detail",
  "requestId",
  "ip",
  "prev",
  "hash",
] as const;

/**
 * The audit log as text, oldest first, as it was when the export began; piece by piece, so that its size does not matter.
 * The scope is checked before the first piece.
 *
 * @throws ForbiddenError no `audit:read`, or no `instance` for the instance's chain
 */
export function exportAudit(ctx: Ctx, query: AuditExportQuery): AsyncGenerator<string> {
  const chain = openChain(ctx, query.chain);
  return pieces(ctx, chain, { ...query, to: query.to ?? ctx.clock.now().toISOString() });
}

async function* pieces(ctx: Ctx, chain: string, query: AuditExportQuery): AsyncGenerator<string> {
  const { format, chain: _, ...filter } = query;
  if (format === "csv") {
    yield csvLine(COLUMNS);
  }
  let after: number | null = null;
  for (;;) {
    const page = { after, limit: ROWS_AT_ONCE, newestFirst: false };
    const rows: AuditEventRow[] = await toAuditRows(ctx, await selectEvents(ctx, chain, filter, page));
    yield rows.map((row) => (format === "csv" ? csvOf(row) : `${JSON.stringify(row)}\n`)).join("");
    after = rows.at(-1)?.seq ?? null;
    if (rows.length < ROWS_AT_ONCE || after === null) {
      return;
    }
  }
}

function csvOf(row: AuditEventRow): string {
  return csvLine(COLUMNS.map((column) => (column === "detail" ? JSON.stringify(row.detail) : row[column])));
}
