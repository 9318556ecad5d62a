import Link from "next/link";
import { Button } from "#app/_ui/button.tsx";

/** One answer for a link that is unknown, used, taken back or over: a guess learns nothing from it. */
export function NoInvitation() {
  return (
    <div className="space-y-3">
      <h1 className="text-xl font-semibold">This invitation cannot be accepted</h1>
      <p className="text-muted-foreground">
        Each link works once and for seven days. It was used already, was taken back, is over, or was not copied whole.
      </p>
      <p className="text-muted-foreground">Ask whoever invited you for another link. If you accepted it, sign in.</p>
      <Button asChild variant="primary" size="lg">
        <Link href="/sign-in">Sign in</Link>
      </Button>
    </div>
  );
}
