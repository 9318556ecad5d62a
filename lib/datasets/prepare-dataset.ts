import { requireScope } from "#lib/auth/scopes.ts";
import { drawSynthetic } from "#lib/datasets/draw-synthetic.ts";
import { loadMnist } from "#lib/datasets/load-mnist.ts";
import type { DatasetPlaces } from "#lib/datasets/places.ts";
import { recordDataset } from "#lib/datasets/record-dataset.ts";
import type { DatasetVersion } from "#lib/datasets/schemas.ts";
import type { DatasetSource } from "#lib/datasets/sources.ts";
import { selectNewest, selectVersionById } from "#lib/datasets/store.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { isAppError, messageOf, UnavailableError } from "#lib/platform/errors.ts";

export interface PrepareDatasetInput {
  /** `auto`: mnist, and synthetic-digits where mnist cannot be had. */
  source: DatasetSource | "auto";
  /** A version that was settled on before, by an earlier attempt or a sibling run; it wins while it is there. */
  settledOn?: string | undefined;
  /** Sentences for people, at most about one a second. */
  onProgress?: (message: string) => void;
}

export interface PreparedDataset {
  version: DatasetVersion;
  /** Why this dataset and no other, as a sentence. */
  reason: string;
}

/** Images of `synthetic-digits`: about eight seconds of drawing. */
const SYNTHETIC_COUNTS = { train: 30_000, test: 5_000 };

/**
 * The newest version of a source, made if there is none: fetched or drawn, checked, its bytes put into the blob store, and
 * recorded with digest, class counts and samples. Any number may run at once; the same content is one version.
 *
 * @throws InvalidError     MNIST is given in ASSAY_DATA_DIR, but damaged or not complete
 * @throws UnavailableError `mnist` was asked for by name and no mirror answers
 */
export async function prepareDataset(
  ctx: Ctx,
  places: DatasetPlaces,
  input: PrepareDatasetInput,
): Promise<PreparedDataset> {
  requireScope(ctx, "datasets:write");
  const onProgress = input.onProgress ?? (() => undefined);
  const settled = input.settledOn === undefined ? null : await selectVersionById(ctx, input.settledOn);
  if (settled !== null) {
    return { version: settled, reason: "the data of this run's earlier attempt, or of the strategy's other runs" };
  }
  if (input.source !== "auto") {
    return { version: await ensureVersion(ctx, places, input.source, onProgress), reason: "asked for" };
  }
  try {
    return { version: await ensureVersion(ctx, places, "mnist", onProgress), reason: "MNIST, the first choice" };
  } catch (error) {
    if (!isAppError(error) || error.kind !== "unavailable") throw error;
    const reason = `MNIST cannot be had here, so digits were drawn instead: ${messageOf(error)}`;
    onProgress(reason);
    return { version: await ensureVersion(ctx, places, "synthetic-digits", onProgress), reason };
  }
}

async function ensureVersion(
  ctx: Ctx,
  places: DatasetPlaces,
  source: DatasetSource,
  onProgress: (message: string) => void,
): Promise<DatasetVersion> {
  const existing = await selectNewest(ctx, source);
  if (existing !== null) {
    return existing;
  }
  const data =
    source === "mnist" ? await loadMnist(places, onProgress) : await drawSynthetic(SYNTHETIC_COUNTS, onProgress);
  await recordDataset(ctx, source, data);
  const version = await selectNewest(ctx, source);
  if (version === null) {
    throw new UnavailableError(`The dataset ${source} was prepared, but is not there.`);
  }
  return version;
}
