import Link from "next/link";
import { Button } from "#app/_ui/button.tsx";

/** Inside the shell: a page that the person's role does not open. */
export default function Forbidden() {
  return (
    <div className="mx-auto max-w-md space-y-3 px-6 py-24 text-center">
      <h1 className="text-xl font-semibold">Your role does not open this page</h1>
      <p className="text-muted-foreground">
        An admin of the project can give you another role. Your account shows which one you have now.
      </p>
      <div className="flex justify-center gap-2">
        <Button asChild variant="primary">
          <Link href="/">Home</Link>
        </Button>
        <Button asChild>
          <Link href="/account">Account</Link>
        </Button>
      </div>
    </div>
  );
}
