import { createHash } from "node:crypto";
import { canonicalJson } from "#lib/platform/canonical-json.ts";

/** SHA-256 of the canonical JSON, hex. Fractions count as their shortest decimal strings. */
export function digestOf(value: unknown): string {
  return createHash("sha256")
    .update(canonicalJson(withoutFractions(value)))
    .digest("hex");
}

function withoutFractions(value: unknown): unknown {
  if (typeof value === "number") return Number.isSafeInteger(value) ? value : String(value);
  if (Array.isArray(value)) return value.map(withoutFractions);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutFractions(item)]));
}
