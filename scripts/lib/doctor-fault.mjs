import { Failure, messageOf } from "./failure.mjs";

/**
 * @param {string} name
 * @param {unknown} error
 * @returns {import("./doctor.mjs").Finding}
 */
export function fault(name, error) {
  return { state: "bad", name, says: messageOf(error), remedy: error instanceof Failure ? error.remedy : undefined };
}
