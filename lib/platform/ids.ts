import { randomBytes, randomFillSync } from "node:crypto";

/** 32 lower-case hex digits, the form that MLflow clients expect of a run. */
export function newRunId(): string {
  return randomBytes(16).toString("hex");
}

/** An unguessable id with a readable prefix: `prefix_` and 22 characters of base64url (128 bits). */
export function newId(prefix: string): string {
  if (used + ID_BYTES > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += ID_BYTES;
  return `${prefix}_${pool.toString("base64url", used - ID_BYTES, used)}`;
}

// Every request gets an id: one call of the generator serves 256 of them.
const ID_BYTES = 16;
const pool = Buffer.alloc(ID_BYTES * 256);
let used = pool.length;

/** A secret of 256 bits in base64url. */
export function newSecret(): string {
  return randomBytes(32).toString("base64url");
}
