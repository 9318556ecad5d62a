import { Page } from "#app/_ui/page.tsx";
import { TableSkeleton } from "#app/_ui/skeleton.tsx";

export default function Loading() {
  return (
    <Page title="Deployments" lead="Addresses that answer predictions, and which versions answer there.">
      <TableSkeleton rows={2} />
    </Page>
  );
}
