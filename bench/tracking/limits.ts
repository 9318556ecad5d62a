import { fork } from "node:child_process";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import { megabytes, type Round, type Sizes } from "./measures.ts";
import { burst, median, timed } from "./timing.ts";
import { send, type Target } from "./wire.ts";

/**
 * What the machine allows: the same rows by plain SQL on the same Postgres, a commit each.
 *
 * @param url a Postgres where tables may be made
 */
export async function writeLimits(url: string, sizes: Sizes): Promise<Round> {
  const pool = new pg.Pool({ connectionString: url, max: 16 });
  try {
    await pool.query("DROP TABLE IF EXISTS limit_point");
    await pool.query(`CREATE TABLE limit_point
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
    };
  } finally {
    await pool.end();
  }
}

/** The same bytes through a bare node:http server, in a process of its own, to and from the disk. */
export async function copyLimits(folder: string, sizes: Sizes): Promise<Round> {
  const file = join(folder, "limit.bin");
  const server = fork(join(import.meta.dirname, "bare-server.ts"), [file]);
  try {
    const [port] = await once(server, "message");
    const target: Target = { name: "node:http", url: `http://127.0.0.1:${port}` };
    const size = sizes.artifactMb * 2 ** 20;
    const body = () => megabytes(sizes.artifactMb);
    const up = await timed(3, () => send(target, { method: "PUT", path: "/", body: body(), size }));
    const down = await timed(3, () => send(target, { method: "GET", path: "/", onData: () => undefined }));
    const rate = (times: number[]) => (sizes.artifactMb * 1_000) / median(times);
    return { "artifact up, MB/s": rate(up), "artifact down, MB/s": rate(down) };
  } finally {
    server.kill();
    await rm(file, { force: true });
  }
}
