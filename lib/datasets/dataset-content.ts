import { createHash } from "node:crypto";

/** A dataset's bytes: images are `n × 784`, labels `n` bytes of 0..9. */
export interface RawDataset {
  trainImages: Uint8Array;
  trainLabels: Uint8Array;
  testImages: Uint8Array;
  testLabels: Uint8Array;
}

const PIXELS = 784;
const SAMPLES_PER_DIGIT = 4;

/** SHA-256 over train images, train labels, test images and test labels, in that order: what a dataset version is. */
export function digestOf(data: RawDataset): string {
  const hash = createHash("sha256");
  for (const part of [data.trainImages, data.trainLabels, data.testImages, data.testLabels]) hash.update(part);
  return hash.digest("hex");
}

/** How many of each digit 0..9. */
export function countClasses(labels: Uint8Array): number[] {
  const counts = Array.from({ length: 10 }, () => 0);
  for (const label of labels) counts[label] = (counts[label] ?? 0) + 1;
  return counts;
}

/** The first four test images of each digit, digit by digit; pixels are base64 of 784 bytes. */
export function pickSamples(data: RawDataset): { label: number; pixels: string }[] {
  const byDigit = Array.from({ length: 10 }, (): string[] => []);
  for (const [index, label] of data.testLabels.entries()) {
    const found = byDigit[label];
    if (found !== undefined && found.length < SAMPLES_PER_DIGIT) {
      const image = data.testImages.subarray(index * PIXELS, (index + 1) * PIXELS);
      found.push(Buffer.from(image).toString("base64"));
    }
  }
  return byDigit.flatMap((images, label) => images.map((pixels) => ({ label, pixels })));
}
