import { createHash } from "node:crypto";

/**
 * Where a unit stands in [0, 1): the first four bytes of SHA-256 of salt, NUL and unit, big-endian, over 2³². The same for
 * everybody who knows the salt; golden vectors: `contracts/golden/assignment-audit.json`.
 */
export function bucketOf(salt: string, unit: string): number {
  return createHash("sha256").update(`${salt}\0${unit}`).digest().readUInt32BE(0) / 2 ** 32;
}
