import { getDatasetVersion, listDatasets } from "#lib/datasets/index.ts";
import { digitToPng } from "#lib/engine/image/digit-to-png.ts";
import type { Ctx } from "#lib/platform/ctx.ts";

const SHOWN_DIGIT = 7;

/**
 * A command that asks `/predict` and works as it is: the image in it is a seven of the newest dataset's test images.
 * Before there is a dataset, one that sends a file.
 */
export async function predictExample(ctx: Ctx, address: string): Promise<string> {
  const head = `curl -s ${address}/predict -H 'Content-Type: application/json' \\\n  -d `;
  const example = await exampleDigit(ctx);
  return example === null ? `${head}'{"image":"'"$(base64 -w0 seven.png)"'"}'` : `${head}'{"image":"${example.png}"}'`;
}

/** A digit as callers send it. */
export interface ExampleDigit {
  /** Base64 of a PNG. */
  png: string;
  /** Base64 of its 784 bytes. */
  pixels: string;
  label: number;
}

/** A seven of the newest dataset's test images; null before there is a dataset. */
export async function exampleDigit(ctx: Ctx): Promise<ExampleDigit | null> {
  const newest = (await listDatasets(ctx)).flatMap((dataset) => dataset.versions)[0];
  if (newest === undefined) return null;
  const { samples } = await getDatasetVersion(ctx, { name: newest.datasetName, version: newest.version });
  const seven = samples.find((sample) => sample.label === SHOWN_DIGIT) ?? samples[0];
  if (seven === undefined) return null;
  const { pixels, label } = seven;
  return { png: Buffer.from(digitToPng(Buffer.from(pixels, "base64"))).toString("base64"), pixels, label };
}
