import { requirePageScope } from "#app/_live/require-scope.ts";

export default async function NewRunLayout({ children }: LayoutProps<"/runs/new">) {
  await requirePageScope("training:write");
  return children;
}
