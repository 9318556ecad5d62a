export interface Change {
  field: string;
  before: string | null;
  after: string | null;
}

/** Every value of a nested object as text by its path, such as `thresholds[0].approvals`. */
function flatten(value: unknown, path = ""): [string, string][] {
  if (Array.isArray(value)) {
    if (value.every((item) => typeof item !== "object" || item === null)) return [[path, value.join(", ")]];
    return value.flatMap((item, index) => flatten(item, `${path}[${index}]`));
  }
  if (typeof value === "object" && value !== null) {
    return Object.entries(value).flatMap(([key, item]) => flatten(item, path === "" ? key : `${path}.${key}`));
  }
  return value === undefined ? [] : [[path, value === null ? "none" : String(value)]];
}

/** What differs between two values, field by field; without `before` everything is new. */
export function changesBetween(before: unknown, after: unknown): Change[] {
  const old = new Map(flatten(before));
  const now = new Map(flatten(after));
  return [...new Set([...old.keys(), ...now.keys()])]
    .map((field) => ({ field, before: old.get(field) ?? null, after: now.get(field) ?? null }))
    .filter((change) => change.before !== change.after);
}
