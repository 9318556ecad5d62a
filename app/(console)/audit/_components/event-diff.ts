/** What an event tells: values before and after, and what goes with them. */
interface Told {
  /** Null: the event is no change of something that was there. */
  change: { before: unknown; after: unknown } | null;
  rest: Record<string, unknown>;
}

/** Moves say `from` and `to`, edits `before` and `after`: both are changes. */
export function toldBy(detail: Readonly<Record<string, unknown>>): Told {
  for (const [old, now, name] of [
    ["before", "after", "value"],
    ["from", "to", "state"],
  ] as const) {
    if (old in detail && now in detail) {
      const { [old]: before, [now]: after, ...rest } = detail;
      return { change: { before: asFields(before, name), after: asFields(after, name) }, rest };
    }
  }
  return { change: null, rest: { ...detail } };
}

/** A bare value becomes a field, so that it has a name in the table; what was not there has none. */
function asFields(value: unknown, name: string): unknown {
  if (value === null || value === undefined) return {};
  return typeof value === "object" && !Array.isArray(value) ? value : { [name]: value };
}
