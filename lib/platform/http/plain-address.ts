import { InvalidError } from "#lib/platform/errors.ts";

const DOT_SEGMENT = /\/(?:\.|%2e){1,2}(?:\/|$)/i;

/**
 * Refuses an address with `.` or `..` in it, as it came: what parses it would take them out, and it would name something
 * else than the sender wrote (a folder's root in the place of a file). No client sends them.
 *
 * @param sent the request line's address; undefined where the host does not tell it
 * @throws InvalidError
 */
export function requirePlainAddress(sent: string | undefined): void {
  if (sent === undefined || !(sent.includes("/.") || /%2e/i.test(sent))) return;
  const query = sent.indexOf("?");
  if (DOT_SEGMENT.test(query === -1 ? sent : sent.slice(0, query))) {
    throw new InvalidError("The address holds . or .. as a part of its path.", {
      code: "dot_segment",
      details: [{ field: "path", problem: "not plain", remedy: "Send the address without them." }],
    });
  }
}
