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
