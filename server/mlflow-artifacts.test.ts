import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { request as httpRequest } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { join } from "node:path";
import { Readable } from "node:stream";
import { expect } from "vitest";
import { createApi } from "#lib/api/app.ts";
import { makeOwnerlessKey } from "#lib/api/testing/open-api.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import type { Runtime } from "#lib/platform/runtime.ts";
import { pgTest } from "#lib/testing/pg.ts";
import { createRun, ensureExperiment } from "#lib/tracking/index.ts";
import { listArtifacts } from "#lib/tracking/open-artifact.ts";
import { apiListener, frontDoor } from "#server/front-door.ts";
import { createHttpServer } from "#server/http-server.ts";

// MLflow's artifact proxy against the whole server, by raw HTTP: what breaks off, what is large, what is a trick.

const PROXY = "/api/2.0/mlflow-artifacts";

interface Reply {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
}

interface World {
  port: number;
  headers: Record<string, string>;
  send(
    method: string,
    path: string,
    more?: { headers?: Record<string, string>; body?: string | Buffer | Readable },
  ): Promise<Reply>;
}

async function withServer(runtime: Runtime, ctx: Ctx, use: (world: World) => Promise<void>): Promise<void> {
  const api = createApi(runtime);
  const server = createHttpServer(frontDoor(api.prefixes, apiListener(api), undefined));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const auth = await makeOwnerlessKey(runtime, ctx);
  const send: World["send"] = (method, path, { headers = {}, body } = {}) =>
    new Promise((resolve, reject) => {
      const length =
        body === undefined || body instanceof Readable ? {} : { "Content-Length": Buffer.byteLength(body) };
      const all = { ...auth, Host: `127.0.0.1:${port}`, ...length, ...headers };
      const sent = httpRequest({ host: "127.0.0.1", port, method, path, headers: all }, (reply) => {
        const chunks: Buffer[] = [];
        reply.on("data", (chunk: Buffer) => chunks.push(chunk));
        reply.on("end", () =>
          resolve({ status: reply.statusCode ?? 0, headers: reply.headers, body: Buffer.concat(chunks) }),
        );
        reply.on("error", reject);
      });
      sent.on("error", reject);
      if (body instanceof Readable) body.pipe(sent);
      else sent.end(body);
    });
  try {
    await use({ port, headers: auth, send });
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

async function makeRun(ctx: Ctx, managed = false): Promise<{ id: string; root: string }> {
  const { id: experimentId } = await ensureExperiment(ctx, { name: "files" });
  const { id } = await createRun(ctx, { name: "files", experimentId, managed });
  return { id, root: `${experimentId}/${id}/artifacts` };
}

const json = (reply: Reply) => JSON.parse(reply.body.toString());
const tmpOf = (home: string) => readdir(join(home, "blobs", "tmp")).catch(() => []);

/** Sends the head and a part of the body, then cuts the connection, once the server has begun to write. */
async function breakOff(world: World, path: string, home: string): Promise<void> {
  const socket = connect(world.port, "127.0.0.1");
  await once(socket, "connect");
  const head = [`PUT ${path} HTTP/1.1`, "Host: localhost", `Authorization: ${world.headers["Authorization"]}`];
  socket.write(`${head.join("\r\n")}\r\nContent-Length: 1000000\r\n\r\n${"x".repeat(200_000)}`);
  await expect.poll(() => tmpOf(home)).toHaveLength(1);
  socket.destroy();
}

pgTest("a file goes up and comes down as it was, whole or in part", async ({ runtime, ctx }) => {
  await withServer(runtime, ctx, async ({ send }) => {
    const { id, root } = await makeRun(ctx);
    const bytes = randomBytes(3_000_001);
    const path = `${PROXY}/artifacts/${root}/data/ein%20name%20%C3%A4.bin`;
    const put = await send("PUT", path, { body: bytes, headers: { "Content-Type": "application/x-own" } });
    expect([put.status, json(put)]).toEqual([200, {}]);
    const got = await send("GET", path);
    expect(got.status).toBe(200);
    expect(got.body.equals(bytes)).toBe(true);
    expect(got.headers).toMatchObject({
      "content-type": "application/x-own",
      "content-length": "3000001",
      "accept-ranges": "bytes",
      "x-content-type-options": "nosniff",
      "content-security-policy": "sandbox; default-src 'none'",
    });
    const head = await send("HEAD", path);
    expect([head.status, head.headers["content-length"], head.body.length]).toEqual([200, "3000001", 0]);
    for (const [range, start, end] of [
      ["bytes=0-0", 0, 1],
      ["bytes=1000-1999", 1_000, 2_000],
      ["bytes=3000000-", 3_000_000, 3_000_001],
      ["bytes=-5", 2_999_996, 3_000_001],
      ["bytes=2999999-9999999", 2_999_999, 3_000_001],
    ] as const) {
      const part = await send("GET", path, { headers: { Range: range } });
      expect([range, part.status, part.headers["content-range"]]).toEqual([
        range,
        206,
        `bytes ${start}-${end - 1}/3000001`,
      ]);
      expect(part.body.equals(bytes.subarray(start, end))).toBe(true);
    }
    const beyond = await send("GET", path, { headers: { Range: "bytes=3000001-" } });
    expect([beyond.status, beyond.headers["content-range"]]).toEqual([416, "bytes */3000001"]);
    for (const range of ["bytes=0-1,5-6", "lines=1-2", "bytes=9-3", "bytes=-"]) {
      expect((await send("GET", path, { headers: { Range: range } })).status).toBe(200);
    }
    const other = { Range: "bytes=0-0", "If-Range": '"another"' };
    expect((await send("GET", path, { headers: other })).status).toBe(200);
    expect(await listArtifacts(ctx, { runId: id })).toMatchObject([
      { path: "data/ein name ä.bin", sizeBytes: 3_000_001 },
    ]);
    const byRun = await send("GET", `/get-artifact?run_uuid=${id}&path=data%2Fein%20name%20%C3%A4.bin`);
    expect([byRun.status, byRun.body.equals(bytes)]).toEqual([200, true]);
    // Our own route gives the same.
    const own = await send("GET", `/api/runs/${id}/artifacts/data/ein%20name%20%C3%A4.bin`, {
      headers: { Range: "bytes=5-9" },
    });
    expect([own.status, own.body.equals(bytes.subarray(5, 10))]).toEqual([206, true]);
  });
});

pgTest(
  "folders are listed by level, files and folders can be deleted, an empty file is one",
  async ({ runtime, ctx, db }) => {
    await withServer(runtime, ctx, async ({ send }) => {
      const { id, root } = await makeRun(ctx);
      for (const [name, body] of [
        ["a.txt", "a"],
        ["empty", ""],
        ["dir/b.txt", "bb"],
        ["dir/deep/c.txt", "ccc"],
        ["dir_x/d.txt", "d"],
      ] as const) {
        expect((await send("PUT", `${PROXY}/artifacts/${root}/${name}`, { body })).status).toBe(200);
      }
      const list = async (path: string) => json(await send("GET", `${PROXY}/artifacts?path=${path}`)).files;
      expect(await list(root)).toEqual([
        { path: "a.txt", is_dir: false, file_size: 1 },
        { path: "dir", is_dir: true },
        { path: "dir_x", is_dir: true },
        { path: "empty", is_dir: false },
      ]);
      expect(await list(`${root}/dir/`)).toEqual([
        { path: "b.txt", is_dir: false, file_size: 2 },
        { path: "deep", is_dir: true },
      ]);
      expect(await list(`${root}/a.txt`)).toBeUndefined();
      expect(await list(`${root}/nowhere`)).toBeUndefined();
      const ofRun = await send("GET", `/api/2.0/mlflow/artifacts/list?run_id=${id}&path=dir`);
      expect(json(ofRun)).toEqual({
        root_uri: `mlflow-artifacts:/${root}`,
        files: [
          { path: "dir/b.txt", is_dir: false, file_size: 2 },
          { path: "dir/deep", is_dir: true },
        ],
      });
      // A file is no folder, and a folder no file.
      for (const name of ["a.txt/x", "dir", "dir/deep"]) {
        expect((await send("PUT", `${PROXY}/artifacts/${root}/${name}`, { body: "x" })).status, name).toBe(409);
      }
      expect((await send("DELETE", `${PROXY}/artifacts/${root}/dir`)).status).toBe(200);
      expect((await send("DELETE", `${PROXY}/artifacts/${root}/dir`)).status).toBe(200);
      expect((await send("GET", `${PROXY}/artifacts/${root}/dir/b.txt`)).status).toBe(404);
      expect(await list(root)).toHaveLength(3);
      expect((await send("DELETE", `${PROXY}/artifacts/${root}/`)).status).toBe(200);
      expect(await list(root)).toBeUndefined();
      const records = await db.auditEvent.findMany({ where: { subject: `run:${id}` }, orderBy: { seq: "asc" } });
      expect(records.map((one) => one.action)).toEqual(["artifact.delete", "artifact.delete"]);
    });
  },
);

pgTest("what breaks off or is not as announced leaves nothing", async ({ runtime, ctx, home }) => {
  await withServer(runtime, ctx, async (world) => {
    const { id, root } = await makeRun(ctx);
    await breakOff(world, `${PROXY}/artifacts/${root}/half.bin`, home);
    await expect.poll(() => tmpOf(home)).toEqual([]);
    expect(await listArtifacts(ctx, { runId: id })).toEqual([]);
    expect((await world.send("GET", `${PROXY}/artifacts/${root}/half.bin`)).status).toBe(404);
    // The server goes on, and takes a body of unknown length.
    const chunked = await world.send("PUT", `${PROXY}/artifacts/${root}/whole.bin`, {
      body: Readable.from([Buffer.from("he"), Buffer.from("llo")]),
    });
    expect(chunked.status).toBe(200);
    expect((await world.send("GET", `${PROXY}/artifacts/${root}/whole.bin`)).body.toString()).toBe("hello");
    const packed = { "Content-Encoding": "gzip" };
    const refused = await world.send("PUT", `${PROXY}/artifacts/${root}/z`, { body: "x", headers: packed });
    expect([refused.status, json(refused).error_code]).toEqual([400, "INVALID_PARAMETER_VALUE"]);
  });
});

/** Begins an upload of these parts and sends them all, the last one first. */
async function uploadParts(world: World, root: string, name: string, parts: Buffer[]) {
  const body = JSON.stringify({ path: `/home/me/${name}`, num_parts: parts.length });
  const headers = { "Content-Type": "application/json" };
  const made = json(await world.send("POST", `${PROXY}/mpu/create/${root}/model`, { body, headers }));
  const sent: { part_number: number; etag: string; url: string }[] = [];
  for (const { url, part_number, headers: given } of [...made.credentials].reverse()) {
    expect(new URL(url).host).toBe(`127.0.0.1:${world.port}`);
    const reply = await fetch(url, { method: "PUT", headers: given, body: parts[part_number - 1] as BodyInit });
    expect(reply.status).toBe(200);
    sent.push({ part_number, etag: reply.headers.get("etag") ?? "", url });
  }
  const finish = (word: string, more: object = {}) =>
    world.send("POST", `${PROXY}/mpu/${word}/${root}/model`, {
      headers,
      body: JSON.stringify({ path: `C:\\files\\${name}`, upload_id: made.upload_id, ...more }),
    });
  return {
    ...made,
    parts: sent,
    complete: (list = sent) => finish("complete", { parts: list }),
    abort: () => finish("abort"),
  };
}

pgTest("a file in parts is one file, complete once or twice, or given up", async ({ runtime, ctx, home }) => {
  await withServer(runtime, ctx, async (world) => {
    const { id, root } = await makeRun(ctx);
    const parts = [randomBytes(300_000), randomBytes(300_000), randomBytes(7)];
    const upload = await uploadParts(world, root, "large.bin", parts);
    expect(upload.upload_id).toMatch(/^upl_[\w-]{22}$/);
    expect(await listArtifacts(ctx, { runId: id })).toEqual([]);
    const [first, second] = upload.parts;
    if (first === undefined || second === undefined) throw new Error("no parts");
    for (const wrong of [
      [],
      [first],
      [first, second, second],
      [...upload.parts.slice(1), { ...first, etag: `"${"0".repeat(64)}"` }],
      [...upload.parts.slice(1), { ...first, etag: "../about.json" }],
      [...upload.parts.slice(1), { ...first, part_number: 9 }],
    ]) {
      const refused = await upload.complete(wrong);
      expect([refused.status, json(refused).error_code]).toEqual([400, "INVALID_PARAMETER_VALUE"]);
    }
    // At once, and again: as a client that lost the answer does.
    for (const reply of await Promise.all([upload.complete(), upload.complete()])) expect(reply.status).toBe(200);
    expect((await upload.complete()).status).toBe(200);
    const got = await world.send("GET", `${PROXY}/artifacts/${root}/model/large.bin`);
    expect(createHash("sha256").update(got.body).digest("hex")).toBe(
      createHash("sha256").update(Buffer.concat(parts)).digest("hex"),
    );
    const given = await uploadParts(world, root, "other.bin", parts);
    expect((await given.abort()).status).toBe(200);
    expect((await given.complete()).status).toBe(404);
    expect(await listArtifacts(ctx, { runId: id })).toHaveLength(1);
    const left = await readdir(join(home, "blobs", "uploads", upload.upload_id));
    expect(left.sort()).toEqual(["about.json", "done.json"]);
    expect(await tmpOf(home)).toEqual([]);
  });
});

pgTest("an upload is bound to its caller, project, run and name", async ({ runtime, ctx, make, db }) => {
  await withServer(runtime, ctx, async (world) => {
    const { root } = await makeRun(ctx);
    const another = await makeRun(ctx);
    const upload = await uploadParts(world, root, "large.bin", [Buffer.from("ab"), Buffer.from("cd")]);
    const part = new URL(upload.credentials[0].url).pathname;
    await db.project.create({ data: { id: `${ctx.projectId}-b`, name: `${ctx.projectId}-b` } });
    const foreign = await make.ctx({ projectId: `${ctx.projectId}-b` });
    const callers = [await makeOwnerlessKey(runtime, ctx), await makeOwnerlessKey(runtime, foreign)];
    const finish = (path: string, name: string, headers: Record<string, string>) =>
      world.send("POST", `${PROXY}/mpu/complete/${path}`, {
        headers: { "Content-Type": "application/json", ...headers },
        body: JSON.stringify({ path: name, upload_id: upload.upload_id, parts: upload.parts }),
      });
    for (const headers of callers) {
      expect((await world.send("PUT", part, { body: "xx", headers })).status).toBe(404);
      expect((await finish(`${root}/model`, "large.bin", headers)).status).toBe(404);
    }
    const own = world.headers;
    expect((await finish(`${another.root}/model`, "large.bin", own)).status).toBe(404);
    expect((await finish(`${root}/model`, "other.bin", own)).status).toBe(404);
    expect((await finish(root, "large.bin", own)).status).toBe(404);
    for (const number of ["0", "3", "1e9", "-1", "../1", "x"]) {
      const reply = await world.send("PUT", part.replace(/1$/, number), { body: "xx" });
      expect([400, 404, 405], number).toContain(reply.status);
    }
    const guessed = part.replace(/upl_.{4}/, "upl_AAAA");
    expect((await world.send("PUT", guessed, { body: "xx" })).status).toBe(404);
    expect((await world.send("PUT", part, { body: "xx", headers: { Authorization: "" } })).status).toBe(401);
    for (const num_parts of [0, -1, 10_001, 1e15]) {
      const reply = await world.send("POST", `${PROXY}/mpu/create/${root}`, {
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ path: "a", num_parts }),
      });
      expect([num_parts, reply.status]).toEqual([num_parts, 400]);
    }
    expect((await finish(`${root}/model`, "large.bin", own)).status).toBe(200);
  });
});

/** Each would lead elsewhere if it were taken for a path of a disk, or decoded once more. */
const TRICKS = [
  "../x",
  "%2e%2e/x",
  "%2e%2e%2fx",
  "..%2fx",
  "%252e%252e%252fx",
  "a/../../x",
  "a%5c..%5cx",
  "..%5cx",
  "%5c%5c%3f%5cC%3a%5cx",
  "a%00.txt",
  "a%23x",
  "a%3bx",
  "a%3fx",
  "%2fetc%2fpasswd",
  "//etc/passwd",
  "a//b",
  ".",
  "./",
  "..",
  "%2e",
  "./a",
  "../artifacts/a",
  "C%3a/x",
  "a%0d%0aX-Injected:1",
  "a".repeat(300),
  `${"a/".repeat(300)}x`,
];

pgTest("path tricks are refused on every route of the proxy, parts included", async ({ runtime, ctx }) => {
  await withServer(runtime, ctx, async (world) => {
    const { id, root } = await makeRun(ctx);
    const headers = { "Content-Type": "application/json" };
    const body = JSON.stringify({ path: "x.bin", num_parts: 1, upload_id: `upl_${"a".repeat(22)}`, parts: [] });
    let asked = 0;
    for (const trick of TRICKS) {
      const query = encodeURIComponent(decodeURIComponent(trick));
      for (const prefix of [PROXY, PROXY.replace("/api/", "/ajax-api/")]) {
        for (const [method, path, sent] of [
          ["GET", `${prefix}/artifacts/${root}/${trick}`, undefined],
          ["PUT", `${prefix}/artifacts/${root}/${trick}`, "x"],
          ["DELETE", `${prefix}/artifacts/${root}/${trick}`, undefined],
          ["GET", `${prefix}/artifacts?path=${root}/${query}`, undefined],
          ["GET", `${prefix}/presigned/${root}/${trick}`, undefined],
          ["POST", `${prefix}/mpu/create/${root}/${trick}`, body],
          ["POST", `${prefix}/mpu/complete/${root}/${trick}`, body],
          ["POST", `${prefix}/mpu/abort/${root}/${trick}`, body],
          ["GET", `${prefix.replace("-artifacts", "")}/artifacts/list?run_id=${id}&path=${query}`, undefined],
          ["GET", `/get-artifact?run_id=${id}&path=${query}`, undefined],
          ["POST", `${prefix}/mpu/create/${root}`, JSON.stringify({ path: decodeURIComponent(trick), num_parts: 1 })],
        ] as const) {
          const reply = await world.send(method, path, sent === undefined ? {} : { body: sent, headers });
          asked += 1;
          const isName = method === "POST" && path.endsWith(root);
          if (isName) expect([200, 400], `${method} ${path} ${sent}`).toContain(reply.status);
          else expect([400, 404], `${method} ${path}`).toContain(reply.status);
          expect(reply.body.toString()).not.toMatch(/root:x:|\/blobs\//);
        }
      }
    }
    expect(await listArtifacts(ctx, { runId: id })).toEqual([]);
    console.info(`path tricks on the artifact proxy: ${asked} refused`);
  });
});

pgTest(
  "only whose files they are: other experiments, projects, roots, versions and workers' runs",
  async ({ runtime, ctx, make, db }) => {
    await withServer(runtime, ctx, async (world) => {
      const { id, root } = await makeRun(ctx);
      const worker = await makeRun(ctx, true);
      await world.send("PUT", `${PROXY}/artifacts/${root}/a`, { body: "a" });
      await db.project.create({ data: { id: `${ctx.projectId}-b`, name: `${ctx.projectId}-b` } });
      const foreign = await makeOwnerlessKey(runtime, await make.ctx({ projectId: `${ctx.projectId}-b` }));
      for (const [method, path, headers, statuses] of [
        ["GET", `${root}/a`, foreign, [404]],
        ["PUT", `${root}/a`, foreign, [404]],
        ["DELETE", `${root}/a`, foreign, [404]],
        ["GET", `999999/${id}/artifacts/a`, {}, [404]],
        ["PUT", `999999/${id}/artifacts/a`, {}, [404]],
        ["PUT", root, {}, [400]],
        ["GET", root, {}, [400]],
        ["PUT", "a", {}, [404]],
        ["PUT", "1/models/m-0/artifacts/a", {}, [404]],
        ["PUT", `1/models/m-${"0".repeat(32)}/artifacts/a`, {}, [404]],
        ["PUT", "versions/ver_1/artifacts/a", {}, [400]],
        ["DELETE", "versions/ver_1/artifacts/a", {}, [400]],
        ["GET", "versions/ver_1/artifacts/a", {}, [404]],
        ["PUT", `${worker.root}/a`, {}, [409]],
        ["DELETE", `${worker.root}/a`, {}, [409]],
      ] as const) {
        const reply = await world.send(method, `${PROXY}/artifacts/${path}`, { headers, body: "x" });
        expect(statuses as readonly number[], `${method} ${path}: ${reply.body}`).toContain(reply.status);
        expect(json(reply).error_code).toEqual(expect.any(String));
      }
      expect((await world.send("GET", `${PROXY}/artifacts/${root}/a`)).body.toString()).toBe("a");
    });
  },
);
