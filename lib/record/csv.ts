/**
 * A line of CSV (RFC 4180). Text that a spreadsheet would take for a formula gets an apostrophe in front: a subject or a
 * reason may hold whatever a caller sent.
 */
export function csvLine(values: readonly (string | number | boolean | null)[]): string {
  return `${values.map(csvField).join(",")}\r\n`;
}

function csvField(value: string | number | boolean | null): string {
  if (typeof value !== "string") {
    return value === null ? "" : String(value);
  }
  // Spreadsheets also trim what stands before the sign.
  const safe = /^\s*[=+\-@\t\r]/.test(value) || /^[\t\r\n]/.test(value) ? `'${value}` : value;
  return /[",\r\n']/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
