import { Traffic } from "#lib/serving/traffic/schemas.ts";

/** A row of the editor, as typed. */
export interface DraftRow {
  /** Tells rows apart while they are edited. */
  key: number;
  role: "challenger" | "shadow";
  version: number;
  /** Percent, as typed. */
  part: string;
}

export interface Draft {
  champion: "Production" | number;
  rows: readonly DraftRow[];
}

export function draftOf({ champion, challengers, shadows }: Traffic): Draft {
  const rows = [
    ...challengers.map(({ version, weight }) => ({ role: "challenger" as const, version, part: typed(weight) })),
    ...shadows.map(({ version, share }) => ({ role: "shadow" as const, version, part: typed(share) })),
  ];
  return { champion, rows: rows.map((row, key) => ({ key, ...row })) };
}

/** The table that a draft means, or what is wrong with it. */
export function trafficOf(draft: Draft): { traffic: Traffic } | { fault: string } {
  const parts = draft.rows.map((row) => ({ ...row, ratio: ratioOf(row.part) }));
  const unread = parts.find(({ ratio }) => ratio === null);
  if (unread !== undefined) return { fault: `version ${unread.version}: write a percentage from 0 to 100` };
  const of = (role: DraftRow["role"]) => parts.filter((row) => row.role === role);
  const parsed = Traffic.safeParse({
    champion: draft.champion,
    challengers: of("challenger").map(({ version, ratio }) => ({ version, weight: ratio })),
    shadows: of("shadow").map(({ version, ratio }) => ({ version, share: ratio })),
  });
  return parsed.success
    ? { traffic: parsed.data }
    : { fault: parsed.error.issues[0]?.message ?? "the table cannot be read" };
}

function typed(ratio: number): string {
  return String(Math.round(ratio * 1e8) / 1e6);
}

/** `2,5` and `2.5` are both 0.025. */
function ratioOf(part: string): number | null {
  const text = part.trim().replace(",", ".");
  const percent = text === "" ? Number.NaN : Number(text);
  return percent >= 0 && percent <= 100 ? Math.round(percent * 1e6) / 1e8 : null;
}
