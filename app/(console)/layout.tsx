import { cookies } from "next/headers";
import { NuqsAdapter } from "nuqs/adapters/next/app";
import type { ReactNode } from "react";
import { MayProvider } from "#app/_live/may.tsx";
import { themeOf } from "#app/_ui/theme.ts";
import { KeepProject } from "#app/(console)/_shell/keep-project.tsx";
import { Sidebar } from "#app/(console)/_shell/sidebar.tsx";
import { listProjects } from "#lib/auth/list-projects.ts";
import { requireSession } from "#lib/auth/session.ts";

export default async function ConsoleLayout({ children }: { children: ReactNode }) {
  const ctx = await requireSession();
  const { actor, projectId } = ctx;
  const [jar, all] = await Promise.all([cookies(), listProjects(ctx)]);
  const projects = all
    .filter((project) => project.archivedAt === null)
    .map(({ id, name, role }) => ({ id, name, role }));
  const user = actor.type === "user" ? { name: actor.name, email: actor.email } : { name: actor.type, email: "" };
  return (
    <NuqsAdapter>
      <a
        href="#main"
        className="sr-only z-50 rounded-md bg-primary px-3 py-2 text-primary-foreground focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
      >
        Skip to the content
      </a>
      <KeepProject project={projectId} known={projects.map((project) => project.id)} />
      <div data-project={projectId} className="flex min-h-dvh flex-col md:flex-row">
        <Sidebar
          project={projectId}
          projects={projects}
          scopes={actor.scopes}
          user={user}
          folded={jar.get("assay_sidebar")?.value === "folded"}
          theme={themeOf(jar.get("assay_theme")?.value)}
        />
        <main id="main" tabIndex={-1} className="min-w-0 flex-1 outline-none">
          <MayProvider scopes={actor.scopes}>{children}</MayProvider>
        </main>
      </div>
    </NuqsAdapter>
  );
}
