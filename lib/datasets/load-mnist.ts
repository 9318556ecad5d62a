import { readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { cacheRaw, readCachedRaw } from "#lib/datasets/cache.ts";
import type { RawDataset } from "#lib/datasets/dataset-content.ts";
import { downloadFile } from "#lib/datasets/download-file.ts";
import { type IdxFile, MNIST_FILES } from "#lib/datasets/mnist-facts.ts";
import { parseIdx } from "#lib/datasets/parse-idx.ts";
import { cacheFolder, type DatasetPlaces, mirrorsOf } from "#lib/datasets/places.ts";
import { InvalidError, isAppError, messageOf, UnavailableError } from "#lib/platform/errors.ts";

const MOST_BYTES = 32 * 1024 * 1024;

/**
 * MNIST from `ASSAY_DATA_DIR/mnist` where that folder is there, else from the cache, else downloaded. Every file is
 * checked by its published digest.
 *
 * @throws InvalidError     `dataset_damaged` or `dataset_missing`: the folder is there, but a file of it is wrong or absent
 * @throws UnavailableError `download_failed`: no mirror answers; `download_damaged`: what they give is not the published file
 */
export async function loadMnist(places: DatasetPlaces, onProgress: (message: string) => void): Promise<RawDataset> {
  const folder = await givenFolder(places);
  const parts = new Map<IdxFile["part"], Uint8Array>();
  for (const file of MNIST_FILES) {
    parts.set(
      file.part,
      folder === undefined ? await fromCacheOrMirror(places, file, onProgress) : await fromFolder(folder, file),
    );
  }
  const of = (part: IdxFile["part"]) => parts.get(part) ?? new Uint8Array();
  return {
    trainImages: of("trainImages"),
    trainLabels: of("trainLabels"),
    testImages: of("testImages"),
    testLabels: of("testLabels"),
  };
}

async function givenFolder(places: DatasetPlaces): Promise<string | undefined> {
  if (places.dataDir === undefined) {
    return undefined;
  }
  const folder = join(places.dataDir, "mnist");
  const isThere = await stat(folder).then(
    (entry) => entry.isDirectory(),
    () => false,
  );
  return isThere ? folder : undefined;
}

async function fromFolder(folder: string, file: IdxFile): Promise<Uint8Array> {
  for (const name of [`${file.name}.gz`, file.name]) {
    const path = join(folder, name);
    const bytes = await readFile(path).catch(() => undefined);
    if (bytes !== undefined) {
      return parseIdx(bytes, file, path);
    }
  }
  const problem = `neither ${file.name}.gz nor ${file.name} can be read`;
  throw new InvalidError(`MNIST in ${folder} is not complete: ${problem}.`, {
    code: "dataset_missing",
    details: [
      {
        field: folder,
        problem,
        remedy: "Put all four published files there, or take the folder away to download them.",
      },
    ],
  });
}

async function fromCacheOrMirror(
  places: DatasetPlaces,
  file: IdxFile,
  onProgress: (message: string) => void,
): Promise<Uint8Array> {
  const slot = `mnist-${file.name}`;
  const cached = await readCachedRaw(places, slot);
  if (cached !== undefined) {
    try {
      return await parseIdx(cached, file, slot);
    } catch {
      // Damaged on this disk: fetched again.
      onProgress(`The cached ${file.name} is damaged and is fetched again.`);
    }
  }
  const mirrors = mirrorsOf(places);
  let problem: unknown;
  // A mirror that hands out wrong bytes is left out of the next try.
  for (let first = 0; first < mirrors.length; first++) {
    const urls = mirrors.slice(first).map((mirror) => new URL(`${file.name}.gz`, mirror).href);
    const target = join(cacheFolder(places), "download", `${file.name}.gz.part`);
    let saidAt = 0;
    await downloadFile({
      urls,
      target,
      maxBytes: MOST_BYTES,
      onProgress: (done) => {
        if (Date.now() - saidAt < 1_000) return;
        saidAt = Date.now();
        onProgress(`Downloading ${file.name}: ${Math.min(100, Math.round((100 * done) / file.compressedBytes))} %`);
      },
    });
    const bytes = await readFile(target);
    await rm(target, { force: true });
    try {
      const raw = await parseIdx(bytes, file, urls[0] ?? file.name);
      await cacheRaw(places, slot, bytes);
      return raw;
    } catch (error) {
      if (!isAppError(error)) throw error;
      problem = error;
    }
  }
  // Another download at the same moment, or a proxy that answers in the mirrors' place: it may pass.
  throw new UnavailableError(`No mirror gave the published ${file.name}: ${messageOf(problem)}`, {
    code: "download_damaged",
    cause: problem,
  });
}
