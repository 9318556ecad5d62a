import { z } from "zod";
import { DATASET_SOURCES } from "#lib/datasets/sources.ts";

/** Browser-safe: what the room takes and gives. */

const isoDate = z.iso.datetime();
export const DatasetSourceSchema = z.enum(DATASET_SOURCES);
const classCounts = z.array(z.int().min(0)).length(10);

const DatasetSample = z.object({
  label: z.int().min(0).max(9),
  /** 28 × 28 bytes, row-major, white on black, base64. */
  pixels: z.string(),
});

export const DatasetVersion = z.object({
  id: z.string(),
  datasetName: z.string(),
  version: z.int().min(1),
  source: DatasetSourceSchema,
  /** SHA-256 over the raw train images, train labels, test images and test labels, in that order. */
  digest: z.string(),
  /** Every screen that shows the data says so. */
  synthetic: z.boolean(),
  trainCount: z.int().min(1),
  testCount: z.int().min(1),
  /** How many images of each digit 0..9. */
  classCounts: z.object({ train: classCounts, test: classCounts }),
  createdAt: isoDate,
});
export type DatasetVersion = z.infer<typeof DatasetVersion>;

export const DatasetVersionDetail = DatasetVersion.extend({
  /** A few test images of each digit. */
  samples: z.array(DatasetSample),
});
export type DatasetVersionDetail = z.infer<typeof DatasetVersionDetail>;

/** Newest version first. */
export const Dataset = z.object({
  name: z.string(),
  source: DatasetSourceSchema,
  createdAt: isoDate,
  versions: z.array(DatasetVersion),
});
export type Dataset = z.infer<typeof Dataset>;

export const DatasetList = z.object({ items: z.array(Dataset) });
export const DatasetVersionParams = z.object({
  name: z.string().min(1).max(128),
  version: z.coerce.number().int().min(1).max(2_147_483_647),
});
export const PrepareBody = z.strictObject({ source: DatasetSourceSchema });
/** `ready`: it was there already; `queued`: a worker fetches or draws it, and it appears in the list. */
export const PrepareReply = z.object({
  source: DatasetSourceSchema,
  state: z.enum(["ready", "queued"]),
  version: DatasetVersion.nullable(),
});
export type PrepareReply = z.infer<typeof PrepareReply>;
