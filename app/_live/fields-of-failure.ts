import { ApiFailure } from "#app/_live/api.ts";

/** What is wrong by the name of its field; `""` for the whole form. */
export type Faults = Readonly<Record<string, string | undefined>>;

/** Where a refusal is to be told in a form of these fields; a fault of anything else belongs to the whole form. */
export function fieldsOfFailure(error: unknown, fields: readonly string[]): Faults {
  const failure = error instanceof ApiFailure ? error : null;
  const found: Record<string, string> = {};
  for (const { field, problem, remedy } of failure?.details ?? []) {
    // `body.scopes[0]` is shown at `scopes`.
    const parts = field.split(/[.[\]]+/);
    const name = fields.find((one) => parts.includes(one));
    if (name !== undefined) found[name] ??= `${problem}. ${remedy}`;
  }
  if (Object.keys(found).length > 0) return found;
  // How an API client would prove who it is helps nobody who has just declined to.
  const declined = failure?.code === "reauthentication_required";
  const remedies = declined ? [] : (failure?.details ?? []).map(({ remedy }) => remedy);
  return { "": [error instanceof Error ? error.message : "That did not work.", ...remedies].join(" ") };
}
