import type { Ctx } from "#lib/platform/ctx.ts";
import { type Bind, compare, compileFilter, parameters } from "#lib/platform/filter/compile.ts";
import { type Comparison, comparisonsOf, type Filter, type OrderTerm } from "#lib/platform/filter/filter.ts";
import { type Found, type PageOf, selectFound } from "#lib/platform/filter/found-page.ts";
import { entries, field, list, millis, object, quoted } from "#lib/platform/filter/json-sql.ts";
import type { SortKey } from "#lib/platform/filter/keyset.ts";
import { PROMPT_TAG } from "#lib/registry/search-grammars.ts";
import { VERSION_JSON } from "#lib/registry/store/version-json.ts";

export interface RegistrySelection extends PageOf {
  filter: Filter;
  keys: SortKey[];
  /** The only models that the asker may know of; undefined: all. */
  only: readonly string[] | undefined;
}

const COLUMNS: Record<string, { expression: string; type: SortKey["type"] }> = {
  name: { expression: "m.name", type: "text" },
  creation_timestamp: { expression: "m.created_at", type: "time" },
  last_updated_timestamp: { expression: "m.updated_at", type: "time" },
};

/** The newest version in each stage. */
const LATEST = `(SELECT DISTINCT ON (stage) * FROM model_version WHERE model_id = m.id AND deleted_at IS NULL
  ORDER BY stage, version DESC) v`;

const JSON_TEXT = object(
  field("name", quoted("m.name")),
  field("creation_timestamp", millis("m.created_at")),
  field("last_updated_timestamp", millis("m.updated_at")),
  field("description", quoted("nullif(m.description, '')")),
  list("latest_versions", VERSION_JSON, LATEST, "ORDER BY v.version"),
  entries("tags", "model_tag t WHERE t.model_id = m.id", "ORDER BY t.key"),
  list(
    "aliases",
    object(field("alias", quoted("a.alias")), field("version", `'"' || a.version || '"'`)),
    "model_alias a WHERE a.model_id = m.id",
    "ORDER BY a.alias",
  ),
);

export async function selectFoundModels(ctx: Ctx, selection: RegistrySelection): Promise<Found[]> {
  const statement = parameters();
  const { bind } = statement;
  const { filter, keys, only } = selection;
  const where = [
    `m.project_id = ${bind(ctx.projectId)}`,
    "m.deleted_at IS NULL",
    ...(only === undefined ? [] : [`m.name = ANY(${bind(only)}::text[])`]),
    compileFilter(filter, (comparison) => conditionOf(comparison, bind)),
    ...(namesPrompts(filter) ? [] : [`${isPrompt(bind)} <> 'true'`]),
  ];
  return selectFound(
    ctx,
    { parameters: statement, json: JSON_TEXT, from: "registered_model m", where, keys },
    selection,
  );
}

/** By name, or by name after whatever was asked for. */
export function modelSortKeys(order: readonly OrderTerm[]): SortKey[] {
  const named = order.some(({ field: { key } }) => key === "name");
  const asked = order.map(({ field: { key }, descending }) => sortKey(key, descending));
  return named ? asked : [...asked, sortKey("name", false)];
}

function sortKey(key: string, descending: boolean): SortKey {
  const column = COLUMNS[key];
  if (column === undefined) throw new Error(`no column for the attribute ${key}`);
  return { ...column, descending, nullable: false };
}

function conditionOf(comparison: Comparison, bind: Bind): string {
  const { field: named, comparator } = comparison;
  if (named.type === "attribute") return compare("m.name", comparison, bind);
  if (named.key === PROMPT_TAG && comparison.value !== null) return compare(isPrompt(bind), comparison, bind);
  const tag = `SELECT 1 FROM model_tag x WHERE x.model_id = m.id AND x.key = ${bind(named.key)}`;
  if (comparator === "IS NULL") return `NOT EXISTS (${tag})`;
  if (comparator === "IS NOT NULL") return `EXISTS (${tag})`;
  return `EXISTS (${tag} AND ${compare("x.value", comparison, bind)})`;
}

/** A model without the tag is no prompt: `!= 'true'` is true of it. */
function isPrompt(bind: Bind): string {
  return `coalesce((SELECT x.value FROM model_tag x WHERE x.model_id = m.id AND x.key = ${bind(PROMPT_TAG)}), 'false')`;
}

/** Whether a filter says itself what it wants of prompts. */
export function namesPrompts(filter: Filter): boolean {
  return comparisonsOf(filter).some(({ field: { type, key } }) => type === "tag" && key === PROMPT_TAG);
}
