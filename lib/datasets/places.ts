import { join } from "node:path";
import { MNIST_MIRRORS } from "#lib/datasets/mnist-facts.ts";

/** Where datasets come from and are kept on this machine. */
export interface DatasetPlaces {
  /** ASSAY_DATA_DIR; `mnist/` in it holds the published files. */
  dataDir?: string | undefined;
  /** ASSAY_CACHE. */
  cacheDir: string;
  /** Folders of the published files; the public ones when absent. */
  mirrors?: readonly string[];
}

export function cacheFolder(places: DatasetPlaces): string {
  return join(places.cacheDir, "datasets");
}

export function mirrorsOf(places: DatasetPlaces): readonly string[] {
  return places.mirrors ?? MNIST_MIRRORS;
}
