import { z } from "zod";
import type { FolderEntry } from "#lib/tracking/store/files.ts";

/** A file or folder on the wire. A folder has no size, and neither has an empty file. */
export const WireFile = z.object({ path: z.string(), is_dir: z.boolean(), file_size: z.int().optional() });
export type WireFile = z.infer<typeof WireFile>;

/** @param folder what the path is to begin with; empty for names relative to the folder that was asked for */
export function toWireFile(entry: FolderEntry, folder: string): WireFile {
  return {
    path: folder === "" ? entry.name : `${folder}/${entry.name}`,
    is_dir: entry.isFolder,
    ...(entry.sizeBytes !== null && entry.sizeBytes > 0 && { file_size: entry.sizeBytes }),
  };
}
