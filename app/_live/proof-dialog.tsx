"use client";
import Link from "next/link";
import { type FormEvent, useEffect, useState } from "react";
import { ApiFailure, call } from "#app/_live/api.ts";
import { Button } from "#app/_ui/button.tsx";
import { Dialog } from "#app/_ui/dialog.tsx";
import { Input } from "#app/_ui/input.tsx";
import { describedBy, Field } from "#app/_ui/label.tsx";
import { Skeleton } from "#app/_ui/skeleton.tsx";
import { SecondFactorStatus, SessionProof } from "#lib/auth/second-factor-schemas.ts";

export type Wanted = "password" | "code";

/** Asks for the password or a code of the second factor, and proves the session with it. */
export function ProofDialog({ wanted, onDone }: { wanted: Wanted; onDone(proved: boolean): void }) {
  const [status, setStatus] = useState<SecondFactorStatus | null>(null);
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    const stop = new AbortController();
    call("GET", "/api/second-factor", { reply: SecondFactorStatus, signal: stop.signal }).then(setStatus, (error) => {
      if (!stop.signal.aborted) setProblem(error instanceof Error ? error.message : "That did not work.");
    });
    return () => stop.abort();
  }, []);

  const asksPassword = wanted === "password" && status?.hasPassword === true;
  const enrolled = status !== null && status.enrolledAt !== null;
  const asksCode = enrolled && (wanted === "code" || !asksPassword);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    // Events go by React's tree: a form that the dialog is rendered in would take this as its own.
    event.stopPropagation();
    setBusy(true);
    const body = { ...(asksPassword && { password }), ...(asksCode && { code }) };
    try {
      await call("POST", "/api/session/re-authenticate", { body, reply: SessionProof });
      onDone(true);
    } catch (error) {
      setProblem(error instanceof ApiFailure ? error.message : "That did not work.");
      setBusy(false);
    }
  };

  return (
    <Dialog
      open
      onOpenChange={() => onDone(false)}
      title={wanted === "password" ? "Prove again who you are" : "Give a code of your second factor"}
      description={
        wanted === "password"
          ? "A session that was left open must not be enough for this."
          : "This needs a second factor in this session."
      }
    >
      {status === null && problem === undefined ? (
        <Skeleton className="h-28" />
      ) : (
        <form onSubmit={submit} className="space-y-3">
          {asksPassword && (
            <Field id="proof-password" label="Password" error={problem}>
              <Input
                id="proof-password"
                type="password"
                autoComplete="current-password"
                required
                autoFocus
                aria-describedby={describedBy("proof-password")}
                aria-invalid={problem !== undefined}
                value={password}
                onChange={(event) => setPassword(event.target.value)}
              />
            </Field>
          )}
          {asksCode && (
            <Field
              id="proof-code"
              label="Code"
              hint="six digits of your authenticator app, or a recovery code"
              error={problem}
            >
              <Input
                id="proof-code"
                autoComplete="one-time-code"
                required
                autoFocus
                aria-describedby={describedBy("proof-code")}
                aria-invalid={problem !== undefined}
                value={code}
                onChange={(event) => setCode(event.target.value)}
              />
            </Field>
          )}
          {!asksPassword && !asksCode && (
            <p className="text-muted-foreground">
              {problem ?? (wanted === "password" ? "You have no password here: sign out and in again." : <NoFactor />)}
            </p>
          )}
          <div className="flex flex-wrap justify-end gap-2">
            <Button onClick={() => onDone(false)}>Cancel</Button>
            {(asksPassword || asksCode) && (
              <Button type="submit" variant="primary" disabled={busy}>
                {busy ? "Checking…" : "Go on"}
              </Button>
            )}
          </div>
        </form>
      )}
    </Dialog>
  );
}

function NoFactor() {
  return (
    <>
      You have no second factor yet.{" "}
      <Link href="/account" className="text-primary underline">
        Set one up in your account
      </Link>
    </>
  );
}
