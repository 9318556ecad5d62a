"use client";
import { signIn } from "next-auth/react";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { Button } from "#app/_ui/button.tsx";
import { Input } from "#app/_ui/input.tsx";
import { Label } from "#app/_ui/label.tsx";

const UNREACHABLE = "The server cannot be reached. Is it running?";

/** Submits without scripts too, if the person is faster than they are: as a POST, so that no password gets into a URL. */
export function SignInForm(props: { next: string; failed: boolean }) {
  const [problem, setProblem] = useState(props.failed ? "The sign-in did not work. Try again." : undefined);
  const [busy, setBusy] = useState(false);
  const [hydrated, setHydrated] = useState(false);
  const passwordField = useRef<HTMLInputElement>(null);
  useEffect(() => setHydrated(true), []);

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setBusy(true);
    setProblem(undefined);
    const given = { email: String(form.get("email")), password: String(form.get("password")) };
    const result = await signIn("credentials", { ...given, redirect: false }).catch(() => undefined);
    if (result?.ok) {
      // A whole page load: nothing rendered for nobody stays in the router's memory.
      window.location.assign(props.next);
      return;
    }
    setBusy(false);
    setProblem(result?.error ?? UNREACHABLE);
    passwordField.current?.focus();
    passwordField.current?.select();
  };

  return (
    <form
      method="post"
      action="/api/auth/callback/credentials"
      onSubmit={(event) => void submit(event)}
      className="space-y-4"
      data-hydrated={hydrated}
    >
      <div className="space-y-1.5">
        <Label htmlFor="email">E-mail address</Label>
        <Input id="email" name="email" type="email" autoComplete="username" required autoFocus />
      </div>
      <div className="space-y-1.5">
        <Label htmlFor="password">Password</Label>
        <Input
          ref={passwordField}
          id="password"
          name="password"
          type="password"
          autoComplete="current-password"
          required
          aria-invalid={problem !== undefined}
          aria-describedby="sign-in-problem"
        />
      </div>
      <p id="sign-in-problem" role="alert" className="text-sm text-danger empty:hidden">
        {problem}
      </p>
      <Button type="submit" variant="primary" size="lg" className="w-full" disabled={busy}>
        {busy ? "Signing in…" : "Sign in"}
      </Button>
    </form>
  );
}
