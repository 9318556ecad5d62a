import { ARCHITECTURE_NAMES } from "#lib/engine/architectures.ts";
import { DatasetChoice, EngineChoice, RequestedSpec, type SpecOverrides } from "#lib/training/schemas.ts";

/** The hyperparameters as form fields. Ranges are the schema's; the words are for people. */
export type SpecKey = keyof SpecOverrides;

export type SpecField = { key: SpecKey; label: string; hint: string } & (
  | { kind: "number"; step: string; min: number; max: number; optional?: boolean }
  | { kind: "choice"; options: readonly (readonly [value: string, label: string])[] }
  | { kind: "flag" }
);

const same = (values: readonly string[]) => values.map((value) => [value, value] as const);

export const SPEC_FIELDS: readonly SpecField[] = [
  {
    key: "architecture",
    label: "Architecture",
    kind: "choice",
    options: same(ARCHITECTURE_NAMES),
    hint: "baseline: one convolution; enhanced: wider, with dropout and a hidden layer",
  },
  {
    key: "engine",
    label: "Engine",
    kind: "choice",
    options: same(EngineChoice.options),
    hint: "auto: native where it is installed, else wasm",
  },
  {
    key: "epochs",
    label: "Epochs",
    kind: "number",
    step: "1",
    min: 1,
    max: 200,
    hint: "1 to 200 passes over the images",
  },
  {
    key: "batchSize",
    label: "Batch size",
    kind: "number",
    step: "1",
    min: 1,
    max: 1024,
    hint: "1 to 1,024 images a step",
  },
  {
    key: "learningRate",
    label: "Learning rate (Adam)",
    kind: "number",
    step: "any",
    min: 0,
    max: 1,
    hint: "above 0, at most 1; usually 0.0005 to 0.002",
  },
  {
    key: "schedule",
    label: "Schedule",
    kind: "choice",
    options: same(["constant", "cosine"]),
    hint: "cosine falls from the rate to 0 over the whole run",
  },
  {
    key: "seed",
    label: "Seed",
    kind: "number",
    step: "1",
    min: 0,
    max: 4_294_967_295,
    hint: "the same seed gives the same run",
  },
  {
    key: "trainLimit",
    label: "Training images, at most",
    kind: "number",
    step: "1",
    min: 1,
    max: 10_000_000,
    optional: true,
    hint: "empty: all of them",
  },
  {
    key: "validation",
    label: "Validate on",
    kind: "choice",
    options: [
      ["test", "the test set"],
      ["split", "a twelfth held out"],
    ],
    hint: "the test set is what published figures use",
  },
  {
    key: "metricsEveryBatches",
    label: "Log every … batches",
    kind: "number",
    step: "1",
    min: 1,
    max: 100_000,
    hint: "points of the curves by batch",
  },
  {
    key: "augment",
    label: "Augment the images",
    kind: "flag",
    hint: "small random shifts, turns and shears, new each epoch",
  },
];

export const DATASETS: readonly (readonly [string, string])[] = DatasetChoice.options.map((value) => [
  value,
  value === "auto" ? "auto: MNIST, else synthetic" : value,
]);

/** What a run gets where nothing else is said. */
export const DEFAULTS: Record<SpecKey, string> = asTexts(
  RequestedSpec.parse({ architecture: "baseline", epochs: 5, batchSize: 128, learningRate: 0.001 }),
);

export function asTexts(spec: Partial<Record<SpecKey, unknown>>): Record<SpecKey, string> {
  const text = (key: SpecKey) => (spec[key] === undefined ? "" : String(spec[key]));
  return Object.fromEntries(SPEC_FIELDS.map(({ key }) => [key, text(key)])) as Record<SpecKey, string>;
}

/** The texts of the form as values; an empty field is left out. A number that cannot be read goes on as it was typed. */
export function asValues(texts: Partial<Record<SpecKey, string>>): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const field of SPEC_FIELDS) {
    const text = texts[field.key]?.trim() ?? "";
    if (text === "") continue;
    const number = Number(text);
    values[field.key] =
      field.kind === "flag" ? text === "true" : field.kind === "number" && !Number.isNaN(number) ? number : text;
  }
  return values;
}
