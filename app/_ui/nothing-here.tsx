import { InsteadOfPage } from "#app/_ui/instead-of-page.tsx";

/** What a page says whose subject is not there. */
export function NothingHere() {
  return (
    <InsteadOfPage title="There is nothing at this address" also={{ href: "/runs", label: "Runs" }}>
      It may have been deleted, or the address has a slip in it. Deleted runs can be restored from the list of runs.
    </InsteadOfPage>
  );
}
