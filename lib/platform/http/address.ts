import { isIP } from "node:net";

/**
 * The caller's address: the socket's, or, behind `trustedProxies` proxies, the one that the outermost of them saw
 * (each appends the address it was called from to X-Forwarded-For, so only that many entries from the end are true).
 */
export function clientAddress(
  socketAddress: string | undefined,
  forwardedFor: string | null,
  trustedProxies: number,
): string | undefined {
  if (trustedProxies > 0 && forwardedFor !== null) {
    const seen = forwardedFor.split(",").map((part) => part.trim());
    const address = seen[Math.max(0, seen.length - trustedProxies)];
    if (address !== undefined && isIP(address) !== 0) return plain(address);
  }
  return socketAddress === undefined ? undefined : plain(socketAddress);
}

export function isLoopbackAddress(address: string): boolean {
  const bare = plain(address.replace(/^\[|\]$/g, ""));
  return bare === "localhost" || bare === "::1" || (isIP(bare) === 4 && bare.startsWith("127."));
}

/** IPv4 in IPv6 clothes is IPv4. */
function plain(address: string): string {
  return address.startsWith("::ffff:") ? address.slice(7) : address;
}
