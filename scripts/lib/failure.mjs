/**
 * A fault a person can act on: `message` says what is wrong in one sentence, `remedy` what to do about it.
 * Anything else that is thrown by a script is a defect and is shown with its stack.
 */
export class Failure extends Error {
  /**
   * @param {string} message
   * @param {string} remedy
   * @param {unknown} [cause]
   */
  constructor(message, remedy, cause) {
    super(message, cause === undefined ? {} : { cause });
    this.name = "Failure";
    this.remedy = remedy;
  }
}

/**
 * The message of anything that was thrown.
 * @param {unknown} error
 */
export function messageOf(error) {
  return error instanceof Error ? error.message : String(error);
}

/**
 * The system's code (`ENOENT`, `EADDRINUSE`, `23505`) of anything that was thrown, or "" if it has none.
 * @param {unknown} error
 */
export function codeOf(error) {
  if (typeof error !== "object" || error === null || !("code" in error)) return "";
  return typeof error.code === "string" ? error.code : "";
}
