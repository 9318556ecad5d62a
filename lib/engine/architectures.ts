import { z } from "zod";

/**
 * Architectures as data. A network is a list of layers over images `[n, 28, 28, 1]` in 0..1; the last one is a softmax
 * over the ten digits. The engines, the ONNX exporter and the TF.js exporter all read this list and nothing else.
 */
export const LayerSpec = z.discriminatedUnion("type", [
  /** "valid" padding, stride 1, square kernel. */
  z.strictObject({
    type: z.literal("conv2d"),
    filters: z.int().min(1).max(256),
    kernelSize: z.int().min(1).max(7),
    activation: z.literal("relu"),
  }),
  /** Non-overlapping square windows; odd rows and columns at the far edge are dropped, as Keras does by default. */
  z.strictObject({ type: z.literal("maxPool2d"), poolSize: z.int().min(2).max(4) }),
  /** `rate` is the share of units dropped, 0..1; the rest is scaled by 1 / (1 - rate). Only while training. */
  z.strictObject({ type: z.literal("dropout"), rate: z.number().min(0).lt(1) }),
  z.strictObject({ type: z.literal("flatten") }),
  z.strictObject({
    type: z.literal("dense"),
    units: z.int().min(1).max(4096),
    activation: z.enum(["relu", "softmax"]),
  }),
]);
export type LayerSpec = z.infer<typeof LayerSpec>;

export const Architecture = z.strictObject({ name: z.string().min(1), layers: z.array(LayerSpec).min(2).max(32) });
export type Architecture = z.infer<typeof Architecture>;

export const IMAGE_SIZE = 28;
export const IMAGE_PIXELS = IMAGE_SIZE * IMAGE_SIZE;
export const CLASS_NAMES = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"] as const;
export const CLASS_COUNT = CLASS_NAMES.length;

export const ARCHITECTURE_NAMES = ["baseline", "enhanced"] as const;
export type ArchitectureName = (typeof ARCHITECTURE_NAMES)[number];

export const ARCHITECTURES: Record<ArchitectureName, Architecture> = {
  baseline: {
    name: "baseline",
    layers: [
      { type: "conv2d", filters: 32, kernelSize: 3, activation: "relu" },
      { type: "maxPool2d", poolSize: 2 },
      { type: "flatten" },
      { type: "dense", units: CLASS_COUNT, activation: "softmax" },
    ],
  },
  enhanced: {
    name: "enhanced",
    layers: [
      { type: "conv2d", filters: 64, kernelSize: 3, activation: "relu" },
      { type: "maxPool2d", poolSize: 2 },
      { type: "dropout", rate: 0.25 },
      { type: "flatten" },
      { type: "dense", units: 128, activation: "relu" },
      { type: "dropout", rate: 0.5 },
      { type: "dense", units: CLASS_COUNT, activation: "softmax" },
    ],
  },
};
