import { rememberProject } from "#app/(console)/_shell/remember-project.ts";

/** It needs no `?project=` in addresses. */
export const DEFAULT_PROJECT = "default";
/** What the tabs of a browser know of its cookie, which they cannot read. */
const SHARED = "assay_project";

/** The project that the browser's cookie names, as far as its tabs know. */
export function chosenProject(): string {
  return localStorage.getItem(SHARED) ?? DEFAULT_PROJECT;
}

/** Makes addresses that name no project mean this one, in every tab. */
export async function chooseProject(project: string): Promise<void> {
  localStorage.setItem(SHARED, project);
  await rememberProject(project);
}

/** Goes to the project's home by a whole page load: nothing of another project stays in the router's memory. */
export async function enterProject(project: string): Promise<void> {
  await chooseProject(project);
  window.location.assign(`/?project=${project}`);
}
