import { readFile, writeFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { ARCHITECTURES } from "#lib/engine/architectures.ts";
import { writeModels } from "#lib/engine/artifacts.ts";
import type { Part } from "#lib/engine/load-data.ts";
import { planNetwork } from "#lib/engine/network.ts";
import { exportOnnx } from "#lib/engine/onnx/export-onnx.ts";
import { DEEP, randomWeights } from "#lib/engine/testing/check-backend.ts";
import { sampleDataset } from "#lib/engine/testing/sample-dataset.ts";
import { sampleImages } from "#lib/engine/testing/sample-images.ts";
import { MAX_DIFFERENCE, verifyExport } from "#lib/engine/verify-export.ts";

const part: Part = { ...sampleImages(300, 5), indices: Uint32Array.from({ length: 300 }, (_, i) => i) };

test.each([ARCHITECTURES.baseline, ARCHITECTURES.enhanced, DEEP])(
  "both exports of $name agree, through TensorFlow.js layers and ONNX Runtime",
  async (architecture) => {
    const { workDir } = await sampleDataset(1, 1);
    const network = planNetwork(architecture);
    const files = await writeModels(workDir, network, randomWeights(network));
    const difference = await verifyExport(files.modelJson, files.onnx, part);
    expect(difference).toBeGreaterThan(0);
    expect(difference).toBeLessThan(MAX_DIFFERENCE);
  },
);

test("an ONNX file that computes something else fails the run", async () => {
  const { workDir } = await sampleDataset(1, 1);
  const network = planNetwork(ARCHITECTURES.baseline);
  const weights = randomWeights(network);
  const files = await writeModels(workDir, network, weights);
  weights[3] = weights[3]?.map((value) => value + 0.001 * Math.sign(value)) ?? new Float32Array();
  await writeFile(files.onnx, exportOnnx(network, weights));
  expect((await readFile(files.onnx)).length).toBeGreaterThan(1000);
  await expect(verifyExport(files.modelJson, files.onnx, part)).rejects.toMatchObject({ code: "onnx_mismatch" });
});
