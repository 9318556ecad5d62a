"use client";
import { usePathname, useSearchParams } from "next/navigation";
import { useEffect } from "react";
import { chooseProject, chosenProject, DEFAULT_PROJECT } from "#app/(console)/_shell/choose-project.ts";

/**
 * Keeps the project in the page's address, so that a copied address shows the same project, and keeps the browser's
 * choice with the tab that is looked at: links name no project, so the server goes by the cookie.
 *
 * `known` are the ids of the projects that the person may enter.
 */
export function KeepProject({ project, known }: { project: string; known: readonly string[] }) {
  const pathname = usePathname();
  const named = useSearchParams().get("project");

  useEffect(() => {
    const name = () => {
      // The default project needs naming only while another tab has chosen a different one.
      if (named !== null || (project === DEFAULT_PROJECT && chosenProject() === project)) return;
      const { search, hash } = window.location;
      const query = `${search === "" ? "?" : `${search}&`}project=${project}`;
      window.history.replaceState(null, "", pathname + query + hash);
    };
    name();
    window.addEventListener("storage", name);
    return () => window.removeEventListener("storage", name);
  }, [pathname, named, project]);

  useEffect(() => {
    // A link led into another project: what the shell shows belongs to the one before.
    if (named !== null && named !== project && known.includes(named)) {
      void chooseProject(named).then(() => window.location.reload());
    }
  }, [named, project, known]);

  useEffect(() => {
    const remember = () => {
      if (!document.hidden && chosenProject() !== project) void chooseProject(project);
    };
    remember();
    window.addEventListener("focus", remember);
    return () => window.removeEventListener("focus", remember);
  }, [project]);

  return null;
}
