import { headers } from "next/headers";

/** The address under which this browser reaches the server, such as `http://127.0.0.1:3000`. */
export async function ownAddress(): Promise<string> {
  const sent = await headers();
  const proto = sent.get("x-forwarded-proto")?.split(",")[0]?.trim() ?? "http";
  return `${proto}://${sent.get("host") ?? "127.0.0.1:3000"}`;
}
