import { ProjectsView } from "#app/(console)/settings/projects/_components/projects-view.tsx";
import { listProjects } from "#lib/auth/list-projects.ts";
import { requireSession } from "#lib/auth/session.ts";

export default async function ProjectsPage() {
  return <ProjectsView projects={await listProjects(await requireSession())} />;
}
