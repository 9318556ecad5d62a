import { randomBytes } from "node:crypto";
import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { cacheFolder, type DatasetPlaces } from "#lib/datasets/places.ts";

/** Writes a file of the cache whole or not at all. Several processes and clones share the folder. */
export async function cacheRaw(places: DatasetPlaces, name: string, bytes: Uint8Array): Promise<string> {
  const path = join(cacheFolder(places), name);
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${randomBytes(6).toString("hex")}.tmp`;
  try {
    const file = await open(temporary, "wx");
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  return path;
}

/** Unchecked: the caller knows the digest. */
export async function readCachedRaw(places: DatasetPlaces, name: string): Promise<Buffer | undefined> {
  return readFile(join(cacheFolder(places), name)).catch(() => undefined);
}
