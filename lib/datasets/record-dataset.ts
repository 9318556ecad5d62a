import { countClasses, digestOf, pickSamples, type RawDataset } from "#lib/datasets/dataset-content.ts";
import { type DatasetSource, SOURCE_FACTS } from "#lib/datasets/sources.ts";
import { insertVersion } from "#lib/datasets/store.ts";
import { audit } from "#lib/platform/audit.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { withTransaction } from "#lib/platform/db.ts";
import { newId } from "#lib/platform/ids.ts";

/**
 * Records a dataset's content as a version: bytes into the blob store, then digest, class counts and samples. The same
 * content again is the same version. The caller has checked the scope.
 */
export async function recordDataset(ctx: Ctx, source: DatasetSource, data: RawDataset): Promise<void> {
  const put = async (bytes: Uint8Array) => (await ctx.blobs.put(bytes)).digest;
  const files = {
    trainImages: await put(data.trainImages),
    trainLabels: await put(data.trainLabels),
    testImages: await put(data.testImages),
    testLabels: await put(data.testLabels),
  };
  const digest = digestOf(data);
  const id = newId("dsv");
  await withTransaction(ctx, async (tx) => {
    const { isNew } = await insertVersion(
      tx,
      { id: newId("ds"), name: source, source },
      {
        id,
        digest,
        synthetic: SOURCE_FACTS[source].synthetic,
        trainCount: data.trainLabels.length,
        testCount: data.testLabels.length,
        classCounts: { train: countClasses(data.trainLabels), test: countClasses(data.testLabels) },
        samples: pickSamples(data),
        files,
      },
    );
    if (isNew) {
      audit(tx, { action: "dataset.prepare", subject: `dataset_version:${id}`, detail: { source, digest } });
    }
  });
}
