/** The four files of MNIST, as published. Pure data. */
export interface IdxFile {
  /** The published name, without `.gz`. */
  name: string;
  part: "trainImages" | "trainLabels" | "testImages" | "testLabels";
  kind: "images" | "labels";
  count: number;
  /** SHA-256 of the uncompressed IDX file, hex. */
  sha256: string;
  /** Of the published `.gz`, for the progress of a download. */
  compressedBytes: number;
}

export const MNIST_FILES: readonly IdxFile[] = [
  {
    name: "train-images-idx3-ubyte",
    part: "trainImages",
    kind: "images",
    count: 60_000,
    sha256: "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    compressedBytes: 9_912_422,
  },
  {
    name: "train-labels-idx1-ubyte",
    part: "trainLabels",
    kind: "labels",
    count: 60_000,
    sha256: "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    compressedBytes: 28_881,
  },
  {
    name: "t10k-images-idx3-ubyte",
    part: "testImages",
    kind: "images",
    count: 10_000,
    sha256: "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    compressedBytes: 1_648_877,
  },
  {
    name: "t10k-labels-idx1-ubyte",
    part: "testLabels",
    kind: "labels",
    count: 10_000,
    sha256: "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
    compressedBytes: 4_542,
  },
];

/** Public mirrors of the same files; each is a folder that holds `<name>.gz`. */
export const MNIST_MIRRORS: readonly string[] = [
  "https://storage.googleapis.com/cvdf-datasets/mnist/",
  "https://ossci-datasets.s3.amazonaws.com/mnist/",
];
