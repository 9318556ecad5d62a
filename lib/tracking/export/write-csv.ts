import { csvLine } from "#lib/platform/csv.ts";
import type { Cell, Sheet } from "#lib/tracking/export/sheet.ts";

/**
 * The table as CSV, piece by piece. Times are ISO 8601 in UTC; metrics that are not finite are `NaN`, `Infinity` and
 * `-Infinity`, as pandas reads them.
 */
export async function* writeCsv(sheet: Sheet): AsyncGenerator<string> {
  yield csvLine(sheet.columns.map(({ name }) => name));
  for await (const rows of sheet.pieces) {
    yield rows.map((row) => csvLine(row.map(plain))).join("");
  }
}

function plain(cell: Cell): string | number | bigint | null {
  return cell instanceof Date ? cell.toISOString() : cell;
}
