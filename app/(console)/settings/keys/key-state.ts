import type { ApiKeySummary } from "#lib/auth/schemas.ts";

export type KeyState = "holds" | "revoked" | "expired";

export function keyState(key: Pick<ApiKeySummary, "revokedAt" | "expiresAt">): KeyState {
  if (key.revokedAt !== null) return "revoked";
  return key.expiresAt !== null && Date.parse(key.expiresAt) <= Date.now() ? "expired" : "holds";
}

export const holds = (key: ApiKeySummary): boolean => keyState(key) === "holds";
