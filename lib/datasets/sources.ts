/** The dataset sources, as data. Browser-safe. */
export const DATASET_SOURCES = ["mnist", "synthetic-digits"] as const;
export type DatasetSource = (typeof DATASET_SOURCES)[number];

export const SOURCE_FACTS: Record<DatasetSource, { title: string; synthetic: boolean; about: string }> = {
  mnist: {
    title: "MNIST",
    synthetic: false,
    about: "70,000 handwritten digits by LeCun, Cortes and Burges: 60,000 to train on, 10,000 to test.",
  },
  "synthetic-digits": {
    title: "Synthetic digits",
    synthetic: true,
    about: "Digits drawn by Assay's own stroke generator, for machines without MNIST. Not people's handwriting.",
  },
};
