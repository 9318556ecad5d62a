import { hash } from "node:crypto";

/**
 * Where a unit stands in [0, 1): the first four bytes of SHA-256(salt, NUL, unit) as a big-endian number / 2³². The same
 * unit under the same salt stands at the same place in every process and for ever; under another salt it stands elsewhere,
 * so that it is not the same callers every time who meet a new version first.
 *
 * @param salt belongs to the rollout, such as `ro_01:assign`; without NUL
 * @param unit what the caller named, or the request's id; any text, UTF-8
 * @throws RangeError the salt has a NUL, which would let two pairs of salt and unit be one
 */
export function bucketOf(salt: string, unit: string): number {
  if (salt.includes("\0")) throw new RangeError("a salt without NUL is needed");
  return hash("sha256", `${salt}\0${unit}`, "buffer").readUInt32BE(0) / 2 ** 32;
}
