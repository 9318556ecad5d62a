import autocannon from "autocannon";

export interface Sample {
  requestsPerSecond: number;
  p50Ms: number;
  p99Ms: number;
}

/**
 * So many connections, each sending the next body as soon as the last is answered.
 *
 * @throws Error when a reply is not 2xx: a system that refuses is not fast
 */
export async function load(options: {
  url: string;
  bodies: readonly string[];
  connections: number;
  seconds: number;
  token?: string | undefined;
}): Promise<Sample> {
  const { url, bodies, connections, seconds, token } = options;
  const headers: Record<string, string> = { "content-type": "application/json" };
  if (token !== undefined) headers["authorization"] = `Bearer ${token}`;
  const result = await autocannon({
    url,
    connections,
    duration: seconds,
    requests: bodies.map((body) => ({ method: "POST", headers, body })),
  });
  if (result.non2xx > 0 || result.errors > 0) {
    throw new Error(`${url}: ${result.non2xx} replies were not 2xx, ${result.errors} errors`);
  }
  return { requestsPerSecond: result.requests.average, p50Ms: result.latency.p50, p99Ms: result.latency.p99 };
}
