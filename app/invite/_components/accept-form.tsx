"use client";
import { signIn } from "next-auth/react";
import { useEffect, useState } from "react";
import { call } from "#app/_live/api.ts";
import { useSubmit } from "#app/_live/use-submit.ts";
import { Button } from "#app/_ui/button.tsx";
import { FormFault } from "#app/_ui/form.tsx";
import { Input } from "#app/_ui/input.tsx";
import { describedBy, Field } from "#app/_ui/label.tsx";
import { forgetLinkToken } from "#app/invite/_components/link-token.ts";
import { AcceptedInvitation, MIN_PASSWORD_LENGTH } from "#lib/auth/schemas.ts";

/** For somebody new: makes the account, signs in with it and goes to the project. */
export function AcceptForm({ token, email }: { token: string; email: string }) {
  const { submit, busy, faults } = useSubmit(["name", "password"]);
  const [hydrated, setHydrated] = useState(false);
  useEffect(() => setHydrated(true), []);
  const accept = submit(async (form) => {
    const password = String(form.get("password"));
    const body = { token, name: String(form.get("name")), password };
    const { projectId } = await call("POST", "/api/invitations/accept", { body, reply: AcceptedInvitation });
    forgetLinkToken();
    const home = `/?project=${projectId}`;
    const signedIn = await signIn("credentials", { email, password, redirect: false }).catch(() => undefined);
    window.location.assign(signedIn?.ok ? home : `/sign-in?next=${encodeURIComponent(home)}`);
  });
  return (
    <form
      method="post"
      onSubmit={accept}
      className="space-y-4"
      data-hydrated={hydrated}
      aria-label="Accept the invitation"
    >
      {/* For the browser's password store. */}
      <input type="email" name="email" autoComplete="username" value={email} readOnly hidden />
      <Field id="invite-name" label="Your name" hint="as others will see it" error={faults["name"]}>
        <Input
          id="invite-name"
          name="name"
          required
          autoFocus
          maxLength={100}
          autoComplete="name"
          aria-describedby={describedBy("invite-name")}
          aria-invalid={faults["name"] !== undefined}
        />
      </Field>
      <Field
        id="invite-password"
        label="Password"
        hint={`at least ${MIN_PASSWORD_LENGTH} characters`}
        error={faults["password"]}
      >
        <Input
          id="invite-password"
          name="password"
          type="password"
          required
          minLength={MIN_PASSWORD_LENGTH}
          maxLength={256}
          autoComplete="new-password"
          aria-describedby={describedBy("invite-password")}
          aria-invalid={faults["password"] !== undefined}
        />
      </Field>
      <FormFault>{faults[""]}</FormFault>
      <Button type="submit" variant="primary" size="lg" className="w-full" disabled={busy}>
        {busy ? "Making your account…" : "Make your account and join"}
      </Button>
    </form>
  );
}
