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
