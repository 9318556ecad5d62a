import { readFile } from "node:fs/promises";
import { CLASS_COUNT, IMAGE_PIXELS } from "#lib/engine/architectures.ts";
import { TrainingError } from "#lib/engine/child/protocol.ts";
import { hashKey, shuffledIndices } from "#lib/engine/random.ts";
import type { DatasetFiles, TrainSpec } from "#lib/engine/schemas.ts";

/** Images of one file, and which of them belong to this part, in order. */
export interface Part {
  /** All images of the file, uint8, n × 784. */
  images: Uint8Array;
  labels: Uint8Array;
  indices: Uint32Array;
}

export interface TrainingData {
  train: Part;
  validation: Part;
  test: Part;
}

const SPLIT = 3;
/** 5,000 of 60,000. */
const HELD_OUT_SHARE = 1 / 12;

/**
 * Reads the four files and takes the parts the spec asks for. The choice of images depends on the seed alone.
 *
 * @throws TrainingError `data_invalid` naming the file, what was expected and what it holds.
 */
export async function loadData(
  files: DatasetFiles,
  spec: Pick<TrainSpec, "seed" | "trainLimit" | "validation">,
): Promise<TrainingData> {
  const [train, test] = await Promise.all([
    readPair(files.trainImages, files.trainLabels),
    readPair(files.testImages, files.testLabels),
  ]);
  const chosen = shuffledIndices(train.labels.length, hashKey(spec.seed, SPLIT)).subarray(0, spec.trainLimit);
  const testPart = { ...test, indices: Uint32Array.from(test.labels.keys()) };
  if (spec.validation === "test") {
    return { train: { ...train, indices: chosen.toSorted() }, validation: testPart, test: testPart };
  }
  const heldOut = Math.round(chosen.length * HELD_OUT_SHARE);
  if (heldOut === 0) throw invalid(files.trainImages, "at least 6 images to hold a twelfth out", `${chosen.length}`);
  return {
    train: { ...train, indices: chosen.slice(heldOut).toSorted() },
    validation: { ...train, indices: chosen.slice(0, heldOut).toSorted() },
    test: testPart,
  };
}

async function readPair(imagesFile: string, labelsFile: string): Promise<{ images: Uint8Array; labels: Uint8Array }> {
  const [images, labels] = await Promise.all([readBytes(imagesFile), readBytes(labelsFile)]);
  if (labels.length === 0) throw invalid(labelsFile, "at least one label", "an empty file");
  if (images.length !== labels.length * IMAGE_PIXELS) {
    const expected = `${labels.length} × ${IMAGE_PIXELS} = ${labels.length * IMAGE_PIXELS} bytes, one image per label`;
    throw invalid(imagesFile, expected, `${images.length} bytes`);
  }
  const wrong = labels.findIndex((label) => label >= CLASS_COUNT);
  if (wrong >= 0) throw invalid(labelsFile, "labels 0..9", `${labels[wrong]} at position ${wrong}`);
  return { images, labels };
}

async function readBytes(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw new TrainingError("data_invalid", `${file} cannot be read`, { cause });
  }
}

function invalid(file: string, expected: string, got: string): TrainingError {
  return new TrainingError("data_invalid", `${file}: expected ${expected}, got ${got}`);
}

/** Images and labels of `part.indices[from .. from + count]` in the given order; pixels 0..1. */
export function gatherBatch(
  part: Part,
  order: Uint32Array,
  from: number,
  count: number,
): { images: Float32Array; labels: Uint8Array; size: number } {
  const size = Math.min(count, order.length - from);
  const images = new Float32Array(size * IMAGE_PIXELS);
  const labels = new Uint8Array(size);
  for (let n = 0; n < size; n++) {
    const index = order[from + n] ?? 0;
    labels[n] = part.labels[index] ?? 0;
    const source = index * IMAGE_PIXELS;
    const target = n * IMAGE_PIXELS;
    for (let i = 0; i < IMAGE_PIXELS; i++) images[target + i] = (part.images[source + i] ?? 0) / 255;
  }
  return { images, labels, size };
}
