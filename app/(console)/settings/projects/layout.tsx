import type { Metadata } from "next";
import { requirePageScope } from "#app/_live/require-scope.ts";

export const metadata: Metadata = { title: "Projects" };

export default async function ProjectsLayout({ children }: LayoutProps<"/settings/projects">) {
  await requirePageScope("instance");
  return children;
}
