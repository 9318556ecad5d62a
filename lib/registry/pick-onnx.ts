import type { VersionFile } from "#lib/registry/store/copy-files.ts";

/** The file that is served: the only ONNX file, or `model.onnx` of several. Null: none. */
export function pickOnnx(files: readonly VersionFile[]): VersionFile | null {
  const found = files.filter(({ path }) => path.toLowerCase().endsWith(".onnx"));
  return (found.length === 1 ? found[0] : found.find(({ path }) => path === "model.onnx")) ?? null;
}
