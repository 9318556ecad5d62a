import type { Known } from "./seed.ts";

interface Parameter {
  in: string;
  name: string;
  schema: unknown;
}

/**
 * The document as it is served, but that path parameters are, half of the time, ids that are there. A stream of events
 * gets none: it would be waited for.
 */
export function withKnownIds(document: unknown, known: Known): unknown {
  const copy: { paths: Record<string, Record<string, { parameters?: Parameter[] }>> } = JSON.parse(
    JSON.stringify(document),
    withoutTuples,
  );
  for (const [path, methods] of Object.entries(copy.paths)) {
    if (path.endsWith("/events")) continue;
    for (const parameter of Object.values(methods).flatMap((operation) => operation.parameters ?? [])) {
      if (parameter.in !== "path") continue;
      const folder = path.split(`/{${parameter.name}}`, 1)[0]?.split("/").at(-1) ?? "";
      const ids = known[path.startsWith("/api/training/runs") ? "training" : folder];
      if (ids !== undefined) parameter.schema = { anyOf: [{ enum: ids }, parameter.schema] };
    }
  }
  return copy;
}

/** schemathesis turns `prefixItems` into a form that it then calls invalid: a list of any of them is nearly as strict. */
function withoutTuples(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || !("prefixItems" in value)) return value;
  const { prefixItems, ...rest } = value;
  if (!Array.isArray(prefixItems)) return value;
  return { ...rest, items: { anyOf: prefixItems }, minItems: prefixItems.length, maxItems: prefixItems.length };
}
