import { isIP } from "node:net";

/**
 * Which Host headers are answered: a page of another site that has its own name resolve to this machine (DNS rebinding)
 * is refused. Literal addresses cannot be rebound and are always taken. Ports do not matter.
 *
 * @param names further names, as in ASSAY_ALLOWED_HOSTS; `*` takes every name
 */
export function createHostAllowlist(names: readonly string[]): (host: string | null | undefined) => boolean {
  const allowed = new Set([
    "localhost",
    ...names.map((name) => name.trim().toLowerCase()).filter((name) => name !== ""),
  ]);
  const known = new Map<string, boolean>();
  return (host) => {
    if (host === null || host === undefined) return false;
    const seen = known.get(host);
    if (seen !== undefined) return seen;
    const name = hostName(host);
    const verdict = name !== undefined && (allowed.has("*") || allowed.has(name) || isIP(name) !== 0);
    if (known.size > 1_000) known.clear();
    known.set(host, verdict);
    return verdict;
  };
}

function hostName(host: string): string | undefined {
  const match = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::\d{1,5})?$/i.exec(host);
  return (match?.[1] ?? match?.[2])?.toLowerCase().replace(/\.$/, "");
}
