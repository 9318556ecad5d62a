"use client";
import { useEffect } from "react";
import { Button } from "#app/_ui/button.tsx";
import { ErrorCard } from "#app/_ui/error-card.tsx";

/** What an error boundary shows. `digest` is the mark under which the server logged the cause. */
export function PageError({ error, retry, what }: { error: unknown; retry: () => void; what: string }) {
  useEffect(() => console.error(error), [error]);
  const digest =
    error instanceof Error && "digest" in error && typeof error.digest === "string" ? error.digest : undefined;
  return (
    <div className="mx-auto w-full max-w-3xl p-6">
      <ErrorCard
        heading="h1"
        title={`${what} could not be shown`}
        id={digest}
        action={
          <Button variant="primary" onClick={retry}>
            Try again
          </Button>
        }
      >
        <p>
          The server met an error that it did not expect. Trying again helps when the database or the server was just
          restarting.
        </p>
        <p>
          If it stays, <code className="font-mono">npm run doctor</code> on the server says what is wrong; the log has
          the cause under the reference below.
        </p>
      </ErrorCard>
    </div>
  );
}
