import { BlockList, isIP } from "node:net";

/** Where calls to addresses that a person configured may go. */
export interface EgressPolicy {
  /** Whether the operator named this host: it may be private, and plain http. */
  allowsHost(host: string): boolean;
  /** Whether the operator named a range that holds this address. */
  allowsAddress(address: string): boolean;
}

const RESERVED = blockList([
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.88.99.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/4",
  "240.0.0.0/4",
  // Teredo, benchmarks, documentation, 6to4: what is in 2000::/3 without being a host of the Internet.
  "2001::/23",
  "2001:db8::/32",
  "2002::/16",
  "3fff::/20",
]);
/** The only part of IPv6 that is given to hosts: IPv4 in IPv6 clothes, NAT64, unique-local and link-local are outside. */
const GLOBAL_V6 = blockList(["2000::/3"]);
const LINK_LOCAL = blockList(["169.254.0.0/16", "fe80::/10"]);

/** Whether an address is one of the Internet: not of this machine, this network, a cloud's metadata, or of no host at all. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !RESERVED.check(address, "ipv4");
  return family === 6 && GLOBAL_V6.check(address, "ipv6") && !RESERVED.check(address, "ipv6");
}

/** Where a cloud keeps its machine's credentials: a host's name is never enough to get there. */
export function isLinkLocal(address: string): boolean {
  return holds(LINK_LOCAL, address);
}

const parsed = new Map<string, EgressPolicy>();

/** @param list as in ASSAY_EGRESS_ALLOW: hosts and CIDR ranges by comma */
export function egressPolicy(list: string): EgressPolicy {
  const known = parsed.get(list);
  if (known !== undefined) return known;
  const entries = list.split(",").map((entry) => entry.trim().toLowerCase());
  const hosts = new Set(entries.filter((entry) => entry !== "" && !isRange(entry)));
  const ranges = blockList(entries.filter(isRange));
  const policy: EgressPolicy = {
    allowsHost: (host) => hosts.has(host),
    allowsAddress: (address) => holds(ranges, address),
  };
  parsed.set(list, policy);
  return policy;
}

function isRange(entry: string): boolean {
  const [address = "", bits] = entry.split("/");
  const family = isIP(address);
  if (family === 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}

function blockList(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = "", bits] = range.split("/");
    const isV4 = isIP(address) === 4;
    list.addSubnet(address, bits === undefined ? (isV4 ? 32 : 128) : Number(bits), isV4 ? "ipv4" : "ipv6");
  }
  return list;
}

function holds(list: BlockList, address: string): boolean {
  const family = isIP(address);
  return family !== 0 && list.check(address.replace(/%.*$/, ""), family === 4 ? "ipv4" : "ipv6");
}
