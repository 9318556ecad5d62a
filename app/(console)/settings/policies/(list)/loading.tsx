import { Page } from "#app/_ui/page.tsx";
import { TableSkeleton } from "#app/_ui/skeleton.tsx";
import { LEAD } from "#app/(console)/settings/policies/_components/words.ts";

export default function Loading() {
  return (
    <Page title="Policies" lead={LEAD}>
      <TableSkeleton rows={3} />
    </Page>
  );
}
