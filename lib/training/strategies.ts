import { RequestedSpec, type RequestedSpecInput, type Strategy } from "#lib/training/schemas.ts";

/** Run strategies as data. Pure, browser-safe: the form that starts one shows the same numbers. */

const spec = (input: RequestedSpecInput) => RequestedSpec.parse(input);

/** The model that every strategy's best run becomes a version of. */
export const DIGITS_MODEL = "digits";
/** What `npm start` submits on an empty database. */
export const QUICKSTART_STRATEGY = "mnist-three-runs";

export const STRATEGIES: readonly Strategy[] = [
  {
    name: "mnist-three-runs",
    title: "Three runs on MNIST",
    about: "The baseline network, then the enhanced one, then the enhanced one with a smaller step and batch.",
    modelName: DIGITS_MODEL,
    runs: [
      {
        name: "baseline-adam-1e-3",
        spec: spec({ architecture: "baseline", learningRate: 1e-3, batchSize: 128, epochs: 5 }),
      },
      {
        name: "enhanced-adam-1e-3",
        spec: spec({ architecture: "enhanced", learningRate: 1e-3, batchSize: 128, epochs: 5 }),
      },
      {
        name: "enhanced-adam-5e-4",
        spec: spec({ architecture: "enhanced", learningRate: 5e-4, batchSize: 64, epochs: 5 }),
      },
    ],
  },
  {
    name: "enhanced-tuned",
    title: "Enhanced, tuned",
    about:
      "The enhanced network with a falling learning rate, augmented images and more epochs: the aim is 0.99 and more.",
    modelName: DIGITS_MODEL,
    runs: [
      {
        name: "enhanced-tuned",
        spec: spec({
          architecture: "enhanced",
          learningRate: 2e-3,
          batchSize: 128,
          epochs: 10,
          schedule: "cosine",
          augment: true,
        }),
      },
    ],
  },
];

export function findStrategy(name: string): Strategy | undefined {
  return STRATEGIES.find((strategy) => strategy.name === name);
}
