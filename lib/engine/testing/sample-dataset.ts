import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { DatasetFiles } from "#lib/engine/schemas.ts";
import { sampleImages } from "#lib/engine/testing/sample-images.ts";

/** A folder with the four files of an easy made-up dataset, and an empty work folder beside them. */
export async function sampleDataset(
  trainCount: number,
  testCount: number,
): Promise<{ data: DatasetFiles; workDir: string }> {
  const folder = await mkdtemp(path.join(tmpdir(), "assay-engine-"));
  const at = (name: string): string => path.join(folder, name);
  const data: DatasetFiles = {
    trainImages: at("train-images"),
    trainLabels: at("train-labels"),
    testImages: at("test-images"),
    testLabels: at("test-labels"),
    digest: `sample-${trainCount}-${testCount}`,
  };
  const train = sampleImages(trainCount, 11);
  const test = sampleImages(testCount, 12);
  await writeFile(data.trainImages, train.images);
  await writeFile(data.trainLabels, train.labels);
  await writeFile(data.testImages, test.images);
  await writeFile(data.testLabels, test.labels);
  return { data, workDir: path.join(folder, "work") };
}
