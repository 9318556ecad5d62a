import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { expect } from "vitest";
import { downloadFile } from "#lib/datasets/download-file.ts";
import { drawSynthetic } from "#lib/datasets/draw-synthetic.ts";
import { getDatasetVersion, listDatasets } from "#lib/datasets/list-datasets.ts";
import { loadMnist } from "#lib/datasets/load-mnist.ts";
import { materialise } from "#lib/datasets/materialise.ts";
import { MNIST_FILES } from "#lib/datasets/mnist-facts.ts";
import { prepareDataset } from "#lib/datasets/prepare-dataset.ts";
import { requestDataset } from "#lib/datasets/request-dataset.ts";
import { pgTest } from "#lib/testing/pg.ts";

const DATA_DIR = process.env["ASSAY_DATA_DIR"];
const MUST = (process.env["ASSAY_TEST_REQUIRE"] ?? "").split(",").includes("mnist");
/** Where MNIST is not to be had these count as skipped, unless it was said that it must be. */
const mnistTest = pgTest.skipIf(DATA_DIR === undefined && !MUST);
const NO_MIRROR = ["http://127.0.0.1:9/"];

mnistTest("MNIST becomes a version with its digest, counts and samples, once", async ({ ctx, home, db }) => {
  const places = { cacheDir: join(home, "cache"), dataDir: DATA_DIR };
  const [{ version }, again] = await Promise.all([
    prepareDataset(ctx, places, { source: "auto" }),
    prepareDataset(ctx, places, { source: "mnist" }),
  ]);
  expect(again.version.id).toBe(version.id);
  expect(version).toMatchObject({
    datasetName: "mnist",
    version: 1,
    synthetic: false,
    trainCount: 60_000,
    testCount: 10_000,
  });
  expect(version.classCounts.train).toEqual([5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]);
  const detail = await getDatasetVersion(ctx, { name: "mnist", version: 1 });
  expect(detail.samples).toHaveLength(40);
  expect(Buffer.from(detail.samples[0]?.pixels ?? "", "base64")).toHaveLength(784);
  expect(await requestDataset(ctx, { source: "mnist" })).toMatchObject({ state: "ready" });
  expect(await listDatasets(ctx)).toMatchObject([{ name: "mnist", versions: [{ version: 1 }] }]);
  const chain = `project:${ctx.projectId}`;
  expect(await db.auditEvent.count({ where: { action: "dataset.prepare", chain } })).toBe(1);

  const files = await materialise(ctx, places, version.id);
  expect((await readFile(files.trainImages)).length).toBe(60_000 * 784);
  await writeFile(files.testLabels, "damaged");
  expect((await materialise(ctx, places, version.id)).testLabels).toBe(files.testLabels);
  expect((await readFile(files.testLabels)).length).toBe(10_000);
});

mnistTest("a damaged file is told by name, with what was expected and what was there", async ({ home }) => {
  const folder = join(home, "damaged", "mnist");
  await mkdir(folder, { recursive: true });
  for (const { name } of MNIST_FILES) {
    await writeFile(join(folder, `${name}.gz`), await readFile(join(DATA_DIR ?? "", "mnist", `${name}.gz`)));
  }
  const places = { cacheDir: join(home, "cache"), dataDir: join(home, "damaged") };
  const path = join(folder, "t10k-labels-idx1-ubyte.gz");
  const good = gunzipSync(await readFile(path));
  const spoil = async (bytes: Uint8Array) => {
    await writeFile(path, bytes);
    return loadMnist(places, () => undefined).then(
      () => "loaded",
      (error: Error) => error.message,
    );
  };
  const changed = (offset: number, value: number) => {
    const copy = Buffer.from(good);
    copy[offset] = value;
    return gzipSync(copy);
  };
  expect(await spoil(gzipSync(good).subarray(0, 2_000))).toMatch(
    /t10k-labels.*expected a whole gzip file, got .*end of file/,
  );
  expect(await spoil(changed(3, 3))).toMatch(/expected magic number 0x00000801 of labels, got 0x00000803/);
  expect(await spoil(changed(7, 0))).toMatch(/expected 10000 labels, got a header that says 9984/);
  expect(await spoil(gzipSync(good.subarray(0, 5_000)))).toMatch(/expected 10008 bytes uncompressed, got 5000/);
  expect(await spoil(changed(100, 11))).toMatch(/expected SHA-256 ff7bcfd4.*got [0-9a-f]{64}/);
  expect(await spoil(Buffer.from("hi"))).toMatch(/at least 8 bytes of header, got 2/);
  expect(await spoil(good)).toBe("loaded");
});

mnistTest("downloads from the mirrors, past one that hands out wrong bytes, into the cache", async ({ home }) => {
  const asked: string[] = [];
  const server = createServer(async (request, response) => {
    asked.push(request.url ?? "");
    const name = (request.url ?? "").split("/").at(-1) ?? "";
    const bytes = request.url?.startsWith("/bad/")
      ? gzipSync("not MNIST")
      : await readFile(join(DATA_DIR ?? "", "mnist", name));
    response.end(bytes);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const places = { cacheDir: join(home, "mirror-cache"), mirrors: [`${base}/bad/`, `${base}/good/`] };
  try {
    const data = await loadMnist(places, () => undefined);
    expect(data.trainLabels).toHaveLength(60_000);
    expect(asked).toHaveLength(8);
    await loadMnist(places, () => undefined);
    expect(asked).toHaveLength(8);
  } finally {
    server.close();
  }
});

pgTest("mirrors that all give something else count as away, and the download begins anew", async ({ home }) => {
  const server = createServer((_, response) => response.end("<html>Sign in to this network</html>"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const places = { cacheDir: join(home, "portal-cache"), mirrors: [`${base}/one/`, `${base}/two/`] };
  try {
    const error = { kind: "unavailable", code: "download_damaged" };
    await expect(loadMnist(places, () => undefined)).rejects.toMatchObject(error);
    expect(await readdir(join(places.cacheDir, "datasets", "download"))).toEqual([]);
  } finally {
    server.close();
  }
});

pgTest("goes on with a download that broke off", async ({ home }) => {
  const content = Buffer.alloc(300_000, "abc");
  const ranges: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    ranges.push(request.headers.range);
    const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? "")?.[1] ?? 0);
    const rest = content.subarray(from);
    response.writeHead(from > 0 ? 206 : 200, { "content-length": rest.length });
    if (ranges.length === 1) {
      response.write(rest.subarray(0, 100_000), () => setTimeout(() => response.destroy(), 50));
    } else {
      response.end(rest);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/file`;
  const target = join(home, "resumed.part");
  try {
    await downloadFile({ urls: [url], target, maxBytes: 1_000_000, pauseMs: 10 });
    expect((await readFile(target)).equals(content)).toBe(true);
    expect(ranges[0]).toBeUndefined();
    expect(ranges[1]).toMatch(/^bytes=[1-9]\d*-$/);
  } finally {
    server.close();
  }
});

pgTest("without MNIST and without a mirror it draws, and says so", async ({ ctx, home }) => {
  const places = { cacheDir: join(home, "cache-of-synthetic"), mirrors: NO_MIRROR };
  await expect(prepareDataset(ctx, places, { source: "mnist" })).rejects.toMatchObject({ code: "download_failed" });
  const { version, reason } = await prepareDataset(ctx, places, { source: "auto" });
  expect(version).toMatchObject({ datasetName: "synthetic-digits", synthetic: true, testCount: 5_000 });
  expect(reason).toMatch(/MNIST cannot be had here, so digits were drawn instead: .*ECONNREFUSED|bad port/);
  expect(version.classCounts.test).toEqual(Array.from({ length: 10 }, () => 500));
});

pgTest("synthetic digits are the same bytes every time, and train and test share none", async () => {
  const draw = () => drawSynthetic({ train: 600, test: 500 }, () => undefined);
  const [a, b] = await Promise.all([draw(), draw()]);
  expect(Buffer.compare(a.trainImages, b.trainImages)).toBe(0);
  const image = (images: Uint8Array, index: number) =>
    Buffer.from(images.subarray(index * 784, (index + 1) * 784)).toString("base64");
  const train = new Set(Array.from({ length: 600 }, (_, index) => image(a.trainImages, index)));
  expect(Array.from({ length: 500 }, (_, index) => image(a.testImages, index)).some((one) => train.has(one))).toBe(
    false,
  );
});

pgTest("rejects a read-only actor", async ({ make, home, db, ctx }) => {
  const reader = await make.apiKeyCtx({ scopes: ["datasets:read"] });
  await expect(requestDataset(reader, { source: "mnist" })).rejects.toMatchObject({ kind: "forbidden" });
  await expect(prepareDataset(reader, { cacheDir: home }, { source: "mnist" })).rejects.toMatchObject({
    kind: "forbidden",
  });
  const nobody = await make.apiKeyCtx({ scopes: [] });
  await expect(listDatasets(nobody)).rejects.toMatchObject({ kind: "forbidden" });
  await expect(getDatasetVersion(nobody, { name: "mnist", version: 1 })).rejects.toMatchObject({ kind: "forbidden" });
  expect(await requestDataset(ctx, { source: "mnist" })).toMatchObject({ state: "queued" });
  expect(await db.auditEvent.count({ where: { action: "dataset.request", chain: `project:${ctx.projectId}` } })).toBe(
    1,
  );
});
