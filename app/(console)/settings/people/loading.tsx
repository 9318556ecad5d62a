import { Page } from "#app/_ui/page.tsx";
import { Skeleton, TableSkeleton } from "#app/_ui/skeleton.tsx";

export default function Loading() {
  return (
    <Page
      title="People"
      lead="Everybody who has an account on this instance. People come in by an invitation to a project."
    >
      <Skeleton className="h-8 w-full sm:w-80" />
      <TableSkeleton rows={6} />
    </Page>
  );
}
