import { Page } from "#app/_ui/page.tsx";
import { Skeleton } from "#app/_ui/skeleton.tsx";

export default function Loading() {
  return (
    <Page title="Request approval" lead="Freezes what would take effect; a worker computes the evidence at once.">
      <Skeleton className="h-80 max-w-3xl" />
    </Page>
  );
}
