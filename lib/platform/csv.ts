/**
 * A line of CSV (RFC 4180). Text that a spreadsheet would take for a formula gets an apostrophe in front: a subject, a
 * reason or a tag may hold whatever a caller sent. A plain number in text, such as `-0.5`, is none and stays as it is.
 */
export function csvLine(values: readonly (string | number | bigint | boolean | null)[]): string {
  return `${values.map(csvField).join(",")}\r\n`;
}

function csvField(value: string | number | bigint | boolean | null): string {
  if (typeof value !== "string") {
    return value === null ? "" : String(value);
  }
  const safe = isFormula(value) ? `'${value}` : value;
  return /[",\r\n']/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Spreadsheets also trim what stands before the sign. */
function isFormula(text: string): boolean {
  if (/^[+-]?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text)) return false;
  return /^\s*[=+\-@\t\r]/.test(text) || /^[\t\r\n]/.test(text);
}
