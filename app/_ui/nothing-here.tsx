import Link from "next/link";
import { Button } from "#app/_ui/button.tsx";

/** What a page says whose subject is not there. */
export function NothingHere() {
  return (
    <div className="mx-auto max-w-md space-y-3 px-6 py-24 text-center">
      <h1 className="text-xl font-semibold">There is nothing at this address</h1>
      <p className="text-muted-foreground">
        It may have been deleted, or the address has a slip in it. Deleted runs can be restored from the list of runs.
      </p>
      <div className="flex justify-center gap-2">
        <Button asChild variant="primary">
          <Link href="/">Home</Link>
        </Button>
        <Button asChild>
          <Link href="/runs">Runs</Link>
        </Button>
      </div>
    </div>
  );
}
