import type { Metadata } from "next";
import { readDeployment } from "#app/(console)/deployments/[name]/read-deployment.ts";

export async function generateMetadata({ params }: LayoutProps<"/deployments/[name]">): Promise<Metadata> {
  const deployment = await readDeployment(await params).catch(() => null);
  return { title: deployment?.name ?? "Not found" };
}

/** Outside the skeleton's boundary, so that a deployment that is not there is a 404. */
export default async function DeploymentLayout({ children, params }: LayoutProps<"/deployments/[name]">) {
  await readDeployment(await params);
  return children;
}
