/** The host writes the path of the page into this header, over whatever the browser sent in it. */
export const PATH_HEADER = "x-assay-path";

/** A path of this site; `/` for anything else, so that nobody is sent elsewhere after the sign-in. */
export function localPath(path: string | null | undefined): string {
  if (path === null || path === undefined || !/^\/(?![/\\])[\x21-\x7e]*$/.test(path)) {
    return "/";
  }
  return path;
}

/** The project that a page's address names. */
export function projectInPath(path: string | null): string | undefined {
  const start = path?.indexOf("?") ?? -1;
  if (path === null || start === -1) return undefined;
  return new URLSearchParams(path.slice(start + 1)).get("project") ?? undefined;
}
