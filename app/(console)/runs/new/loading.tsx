import { Page } from "#app/_ui/page.tsx";
import { Skeleton } from "#app/_ui/skeleton.tsx";

export default function Loading() {
  return (
    <Page title="New run" lead="One training run, or a strategy of several whose best becomes a version of a model.">
      <Skeleton className="h-9 w-full" />
      <Skeleton className="h-96 w-full" />
    </Page>
  );
}
