"use client";
import { signIn } from "next-auth/react";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { Button } from "#app/_ui/button.tsx";
import { Input } from "#app/_ui/input.tsx";
import { Label } from "#app/_ui/label.tsx";

/** What the sign-in answers when the password was right and a second factor is set up. */
const CODE_REQUIRED = "code_required";
const UNREACHABLE = "The server cannot be reached. Is it running?";

/** Submits without scripts too, if the person is faster than they are: as a POST, so that no password gets into a URL. */
export function SignInForm(props: { next: string; provider: string | undefined; problem: string | undefined }) {
  const [problem, setProblem] = useState(props.problem);
  const [asksCode, setAsksCode] = useState(false);
  const [busy, setBusy] = useState(false);
  const [hydrated, setHydrated] = useState(false);
  const passwordField = useRef<HTMLInputElement>(null);
  const codeField = useRef<HTMLInputElement>(null);
  useEffect(() => setHydrated(true), []);

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setBusy(true);
    setProblem(undefined);
    const [email, password, code] = ["email", "password", "code"].map((name) => String(form.get(name) ?? ""));
    const given = { email, password, code };
    const result = await signIn("credentials", { ...given, redirect: false }).catch(() => undefined);
    if (result?.ok) {
      // A whole page load: nothing rendered for nobody stays in the router's memory.
      window.location.assign(props.next);
      return;
    }
    setBusy(false);
    if (result?.error === CODE_REQUIRED) {
      setAsksCode(true);
      return;
    }
    setProblem(result?.error ?? UNREACHABLE);
    const field = asksCode ? codeField.current : passwordField.current;
    field?.focus();
    field?.select();
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
      {asksCode && (
        <div className="space-y-1.5">
          <Label htmlFor="code">Code of your authenticator app, or a recovery code</Label>
          <Input
            ref={codeField}
            id="code"
            name="code"
            autoComplete="one-time-code"
            autoCapitalize="characters"
            spellCheck={false}
            maxLength={20}
            required
            autoFocus
            aria-invalid={problem !== undefined}
            aria-describedby="sign-in-problem"
          />
        </div>
      )}
      <p id="sign-in-problem" role="alert" className="text-sm text-danger empty:hidden">
        {problem}
      </p>
      <Button type="submit" variant="primary" size="lg" className="w-full" disabled={busy}>
        {busy ? "Signing in…" : "Sign in"}
      </Button>
      {props.provider !== undefined && (
        <Button
          type="button"
          size="lg"
          className="w-full"
          disabled={busy}
          onClick={() => void signIn("oidc", { callbackUrl: props.next })}
        >
          Continue with {props.provider}
        </Button>
      )}
    </form>
  );
}
