import type { CreateApiKeyInput } from "#lib/auth/schemas.ts";
import { SCOPES } from "#lib/auth/scopes.ts";

const DAY_MS = 24 * 60 * 60 * 1_000;

/** Days, and what they are called. */
export const EXPIRIES = [
  ["7", "7 days"],
  ["30", "30 days"],
  ["90", "90 days"],
  ["365", "a year"],
  ["", "no end"],
] as const;

/** The form of a new key as the API takes it. */
export function bodyOf(form: FormData, now: Date): CreateApiKeyInput {
  const text = (name: string) => String(form.get(name) ?? "").trim();
  const days = Number(text("expiry"));
  return {
    name: text("name"),
    scopes: SCOPES.filter((scope) => form.getAll("scopes").includes(scope)),
    models: form.getAll("models").map(String),
    deployments: form.getAll("deployments").map(String),
    ...(text("perSecond") !== "" && { perSecond: Number(text("perSecond")) }),
    ...(days > 0 && { expiresAt: new Date(now.getTime() + days * DAY_MS).toISOString() }),
    ...(text("serviceAccount") !== "" && { serviceAccount: text("serviceAccount") }),
  };
}
