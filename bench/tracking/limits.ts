import { createReadStream, createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import pg from "pg";
import { megabytes, type Round, type Sizes } from "./measures.ts";
import { burst, median, timed } from "./timing.ts";
import { send, type Target } from "./wire.ts";

/**
 * What the machine allows: the same rows by plain SQL on the same Postgres, a commit each; the same bytes through a bare
 * node:http server on the loopback to and from the disk.
 *
 * @param url a Postgres where tables may be made
 */
export async function physicalLimits(url: string, folder: string, sizes: Sizes): Promise<Round> {
  const pool = new pg.Pool({ connectionString: url, max: 16 });
  try {
    await pool.query(`CREATE TABLE IF NOT EXISTS limit_point
      (run bigint, key int, step bigint, at bigint, value float8, PRIMARY KEY (run, key, step, at))`);
    let step = 0;
    const insertOne = () => pool.query("INSERT INTO limit_point VALUES (1, 1, $1, $2, 0.5)", [step++, Date.now()]);
    const single = await timed(50, insertOne);
    const sixteen = await burst(16, sizes.seconds, insertOne);
    const batch = await timed(10, () => {
      const from = step;
      step += 1_000;
      const steps = Array.from({ length: 1_000 }, (_, at) => from + at);
      return pool.query("INSERT INTO limit_point SELECT 1, 2, s, s, 0.5 FROM unnest($1::bigint[]) AS s", [steps]);
    });
    return {
      "log_metric, ms p50": median(single),
      "log_metric, 16 clients, /s": sixteen.perSecond,
      "log_metric, 16 clients, ms p99": sixteen.p99Ms,
      "log_batch of 1,000, ms p50": median(batch),
      "log_batch of 1,000, metrics/s": 1_000_000 / median(batch),
      ...(await copyByLoopback(folder, sizes)),
    };
  } finally {
    await pool.end();
  }
}

async function copyByLoopback(folder: string, sizes: Sizes): Promise<Round> {
  const file = join(folder, "limit.bin");
  const server = createServer((incoming, reply) => {
    const done =
      incoming.method === "PUT"
        ? pipeline(incoming, createWriteStream(file)).then(() => reply.end())
        : pipeline(createReadStream(file, { highWaterMark: 2 ** 20 }), reply);
    done.catch((error) => reply.destroy(error));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const target: Target = { name: "node:http", url: `http://127.0.0.1:${port}` };
  const size = sizes.artifactMb * 2 ** 20;
  const up = await timed(3, () => send(target, { method: "PUT", path: "/", body: megabytes(sizes.artifactMb), size }));
  const down = await timed(3, () => send(target, { method: "GET", path: "/", onData: () => undefined }));
  server.closeAllConnections();
  server.close();
  await rm(file, { force: true });
  const rate = (times: number[]) => (sizes.artifactMb * 1_000) / median(times);
  return { "artifact up, MB/s": rate(up), "artifact down, MB/s": rate(down) };
}
