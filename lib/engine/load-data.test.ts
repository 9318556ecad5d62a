import { writeFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { gatherBatch, loadData } from "#lib/engine/load-data.ts";
import { sampleDataset } from "#lib/engine/testing/sample-dataset.ts";

test("validation `test`: all training images are trained on", async () => {
  const { data } = await sampleDataset(120, 30);
  const parts = await loadData(data, { seed: 1, validation: "test" });
  expect(parts.train.indices).toHaveLength(120);
  expect(parts.validation).toBe(parts.test);
  expect(parts.test.indices).toHaveLength(30);
});

test("validation `split`: a twelfth is held out, by seed, and nothing is in both", async () => {
  const { data } = await sampleDataset(120, 30);
  const parts = await loadData(data, { seed: 1, validation: "split" });
  expect(parts.train.indices).toHaveLength(110);
  expect(parts.validation.indices).toHaveLength(10);
  expect(new Set([...parts.train.indices, ...parts.validation.indices]).size).toBe(120);
  const other = await loadData(data, { seed: 2, validation: "split" });
  expect(other.validation.indices).not.toEqual(parts.validation.indices);
});

test("a limit takes that many images, by seed", async () => {
  const { data } = await sampleDataset(120, 30);
  const few = await loadData(data, { seed: 1, validation: "test", trainLimit: 24 });
  expect(few.train.indices).toHaveLength(24);
  expect((await loadData(data, { seed: 1, validation: "test", trainLimit: 24 })).train.indices).toEqual(
    few.train.indices,
  );
  const most = await loadData(data, { seed: 1, validation: "test", trainLimit: 1000 });
  expect(most.train.indices).toHaveLength(120);
});

test("a batch is scaled to 0..1 and ends with the data", async () => {
  const { data } = await sampleDataset(20, 10);
  const { train } = await loadData(data, { seed: 1, validation: "test" });
  const batch = gatherBatch(train, Uint32Array.of(3, 1, 2), 1, 16);
  expect(batch.size).toBe(2);
  expect([...batch.labels]).toEqual([1, 2]);
  expect(batch.images[300]).toBeCloseTo((train.images[784 + 300] ?? 0) / 255, 6);
});

test("a label that is no digit, a file that is missing, an empty one: each is named", async () => {
  const { data } = await sampleDataset(20, 10);
  const load = () => loadData(data, { seed: 1, validation: "test" });
  await writeFile(data.testLabels, Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 10, 9));
  await expect(load()).rejects.toThrow(`${data.testLabels}: expected labels 0..9, got 10 at position 8`);
  await writeFile(data.testLabels, new Uint8Array(0));
  await expect(load()).rejects.toThrow(`${data.testLabels}: expected at least one label, got an empty file`);
  await expect(loadData({ ...data, trainImages: "/nowhere" }, { seed: 1, validation: "test" })).rejects.toMatchObject({
    code: "data_invalid",
    message: "/nowhere cannot be read",
  });
});
