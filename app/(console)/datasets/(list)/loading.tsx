import { Page } from "#app/_ui/page.tsx";
import { TableSkeleton } from "#app/_ui/skeleton.tsx";

export default function Loading() {
  return (
    <Page
      title="Datasets"
      lead="What the runs learn from. A version never changes; its digest says exactly which bytes."
    >
      <TableSkeleton rows={3} />
    </Page>
  );
}
