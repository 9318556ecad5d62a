/** The project that the page shows, as the shell wrote it into the page; undefined on pages outside of the shell. */
export function pageProject(): string | undefined {
  return document.querySelector<HTMLElement>("[data-project]")?.dataset["project"];
}

/** For requests that carry no header of ours, such as event streams: the address names the page's project. */
export function inPageProject(path: string): string {
  const project = pageProject();
  if (project === undefined) return path;
  return `${path}${path.includes("?") ? "&" : "?"}project=${encodeURIComponent(project)}`;
}
