import { requirePageScope } from "#app/_live/require-scope.ts";

export default async function NewRequestLayout({ children }: LayoutProps<"/approvals/new">) {
  await requirePageScope("approvals:request");
  return children;
}
