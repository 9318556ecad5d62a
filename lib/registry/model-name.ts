import { InvalidError } from "#lib/platform/errors.ts";
import { ModelName } from "#lib/registry/schemas.ts";

/**
 * A name for a model, in NFC.
 *
 * @param field how the sender calls it
 * @throws InvalidError see {@link ModelName}
 */
export function parseModelName(name: string, field = "name"): string {
  const parsed = ModelName.safeParse(name);
  if (parsed.success) return parsed.data;
  const problem = parsed.error.issues[0]?.message ?? "not allowed";
  throw new InvalidError(`The model's name is not allowed: it ${problem}.`, {
    details: [{ field, problem, remedy: "Use letters, digits, spaces and _ . - ( ), at most 255 characters." }],
  });
}
