import { randomBytes } from "node:crypto";

/** A branded string: two kinds of id do not mix. */
export type Id<Kind extends string> = string & { readonly __kind: Kind };

/** 32 lower-case hex digits, the form that MLflow clients expect of a run. */
export function newRunId(): string {
  return randomBytes(16).toString("hex");
}

/** An unguessable id with a readable prefix: `prefix_` and 22 characters of base64url (128 bits). */
export function newId(prefix: string): string {
  return `${prefix}_${randomBytes(16).toString("base64url")}`;
}

/** A secret of 256 bits in base64url. */
export function newSecret(): string {
  return randomBytes(32).toString("base64url");
}
