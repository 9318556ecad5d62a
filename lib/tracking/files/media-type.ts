const BY_ENDING: Record<string, string> = {
  json: "application/json",
  png: "image/png",
  svg: "image/svg+xml",
  csv: "text/csv",
  md: "text/markdown",
  txt: "text/plain",
  bin: "application/octet-stream",
  onnx: "application/octet-stream",
};
const OTHER = "application/octet-stream";

/** The media type of a file: what its sender says, if that is one, else by its ending. */
export function mediaTypeOf(path: string, said?: string | undefined): string {
  if (said !== undefined && said.length <= 100 && /^[\w.+-]+\/[\w.+-]+$/.test(said)) return said;
  return BY_ENDING[path.slice(path.lastIndexOf(".") + 1).toLowerCase()] ?? OTHER;
}
