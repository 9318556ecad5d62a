import type { Ctx } from "#lib/platform/ctx.ts";
import type { parameters } from "#lib/platform/filter/compile.ts";
import { isAfter, type Marks, markOf, orderBy, type SortKey } from "#lib/platform/filter/keyset.ts";
import { encodePageToken } from "#lib/platform/filter/page-token.ts";
import { querySql } from "#lib/platform/sql.ts";

/** One thing found, as JSON text, with the marks that the page after it begins at. */
export interface Found {
  json: string;
  marks: Marks;
}

/** A page of things found, each as JSON text. */
export interface FoundPage {
  items: string[];
  /** Absent on the last page. */
  nextPageToken?: string;
}

/** What a statement finds: SQL of our own, with the values that it has bound so far. */
export interface FoundStatement {
  parameters: ReturnType<typeof parameters>;
  /** An expression of type text. */
  json: string;
  from: string;
  where: string[];
  keys: SortKey[];
}

/** Where a page begins and how long it is. */
export interface PageOf {
  after: Marks | undefined;
  limit: number;
}

/** The rows of one page by keyset, in order, and one more where there are more. */
export async function selectFound(ctx: Ctx, statement: FoundStatement, page: PageOf): Promise<Found[]> {
  const { json, from, where, keys } = statement;
  const { bind, values } = statement.parameters;
  const all = page.after === undefined ? where : [...where, isAfter(keys, page.after, bind)];
  const marks = keys.map((key, index) => `${markOf(key, key.expression)} AS k${index}`);
  const rows = await querySql<FoundRow>(
    ctx,
    `SELECT ${json} AS json, ${marks.join(", ")} FROM ${from} WHERE ${all.join(" AND ")}
     ORDER BY ${orderBy(keys)} LIMIT ${bind(page.limit + 1)}::int`,
    values,
  );
  return toFound(rows, keys.length);
}

type FoundRow = { json: string } & Record<string, string | null>;

/** From rows with `json` and the marks `k0`, `k1`, … */
function toFound(rows: FoundRow[], keys: number): Found[] {
  return rows.map(({ json, ...marks }) => ({
    json,
    marks: Array.from({ length: keys }, (_, index) => marks[`k${index}`] ?? null),
  }));
}

/** The page of `limit` things; one found beyond it shows that there is another. */
export function toFoundPage(found: readonly Found[], limit: number, query: unknown): FoundPage {
  const items = found.slice(0, limit).map(({ json }) => json);
  const last = found[limit - 1];
  return found.length > limit && last ? { items, nextPageToken: encodePageToken(query, last.marks) } : { items };
}
