import { Page } from "#app/_ui/page.tsx";
import { TableSkeleton } from "#app/_ui/skeleton.tsx";

export default function Loading() {
  return (
    <Page title="Models" lead="Registered models, their versions and what is in Production.">
      <TableSkeleton rows={3} />
    </Page>
  );
}
