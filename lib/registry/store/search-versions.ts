import type { Ctx } from "#lib/platform/ctx.ts";
import { type Bind, compare, compileFilter, parameters } from "#lib/platform/filter/compile.ts";
import type { Comparison, OrderTerm } from "#lib/platform/filter/filter.ts";
import { type Found, selectFound } from "#lib/platform/filter/found-page.ts";
import type { SortKey } from "#lib/platform/filter/keyset.ts";
import { PROMPT_TAG } from "#lib/registry/search-grammars.ts";
import { namesPrompts, type RegistrySelection } from "#lib/registry/store/search-models.ts";
import { VERSION_JSON } from "#lib/registry/store/version-json.ts";

const ORDERED: Record<string, { expression: string; type: SortKey["type"] }> = {
  name: { expression: "m.name", type: "text" },
  version_number: { expression: "v.version", type: "bigint" },
  creation_timestamp: { expression: "v.created_at", type: "time" },
  last_updated_timestamp: { expression: "v.updated_at", type: "time" },
};

/** A run that is not there is an empty text, as on the wire. */
const COMPARED: Record<string, string> = {
  name: "m.name",
  version_number: "v.version::float8",
  run_id: "coalesce(v.run_id::text, '')",
  source_path: "v.source",
};

export async function selectFoundVersions(ctx: Ctx, selection: RegistrySelection): Promise<Found[]> {
  const statement = parameters();
  const { bind } = statement;
  const { filter, keys, only } = selection;
  const where = [
    `m.project_id = ${bind(ctx.projectId)}`,
    "m.deleted_at IS NULL AND v.deleted_at IS NULL",
    ...(only === undefined ? [] : [`m.name = ANY(${bind(only)}::text[])`]),
    compileFilter(filter, (comparison) => conditionOf(comparison, bind)),
    ...(namesPrompts(filter) ? [] : [`${isPrompt(bind)} <> 'true'`]),
  ];
  const from = "model_version v JOIN registered_model m ON m.id = v.model_id";
  return selectFound(ctx, { parameters: statement, json: VERSION_JSON, from, where, keys }, selection);
}

/** Those changed last first; after whatever was asked for by name, the newest of a name first. */
export function versionSortKeys(order: readonly OrderTerm[]): SortKey[] {
  const named = (name: string) => order.some(({ field: { key } }) => key === name);
  return [
    ...(order.length === 0 ? [sortKey("last_updated_timestamp", true)] : []),
    ...order.map(({ field: { key }, descending }) => sortKey(key, descending)),
    ...(named("name") ? [] : [sortKey("name", false)]),
    ...(named("version_number") ? [] : [sortKey("version_number", true)]),
  ];
}

function sortKey(key: string, descending: boolean): SortKey {
  const column = ORDERED[key];
  if (column === undefined) throw new Error(`no column for the attribute ${key}`);
  return { ...column, descending, nullable: false };
}

function conditionOf(comparison: Comparison, bind: Bind): string {
  const { field: named, comparator } = comparison;
  if (named.type === "attribute") {
    const column = COMPARED[named.key];
    if (column === undefined) throw new Error(`no column for the attribute ${named.key}`);
    return compare(column, comparison, bind);
  }
  if (named.key === PROMPT_TAG && comparison.value !== null) return compare(isPrompt(bind), comparison, bind);
  const tag = `SELECT 1 FROM model_version_tag x WHERE x.version_id = v.id AND x.key = ${bind(named.key)}`;
  if (comparator === "IS NULL") return `NOT EXISTS (${tag})`;
  if (comparator === "IS NOT NULL") return `EXISTS (${tag})`;
  return `EXISTS (${tag} AND ${compare("x.value", comparison, bind)})`;
}

/** A version without the tag is what its model is, and a model without it is no prompt. */
function isPrompt(bind: Bind): string {
  const key = bind(PROMPT_TAG);
  return `coalesce((SELECT x.value FROM model_version_tag x WHERE x.version_id = v.id AND x.key = ${key}),
    (SELECT x.value FROM model_tag x WHERE x.model_id = m.id AND x.key = ${key}), 'false')`;
}
