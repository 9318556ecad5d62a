"use client";
import Link from "next/link";
import { signOut } from "next-auth/react";
import { call } from "#app/_live/api.ts";
import { useSubmit } from "#app/_live/use-submit.ts";
import { Button } from "#app/_ui/button.tsx";
import { FormFault } from "#app/_ui/form.tsx";
import { forgetLinkToken } from "#app/invite/_components/link-token.ts";
import { AcceptedInvitation, type OpenInvitation } from "#lib/auth/schemas.ts";

interface JoinFormProps {
  token: string;
  invitation: OpenInvitation;
  signedInAs: string | null;
}

/** For somebody who has an account: joins as the person who was invited, or says who has to sign in. */
export function JoinForm({ token, invitation, signedInAs }: JoinFormProps) {
  const { submit, busy, faults } = useSubmit([]);
  const { email, projectName } = invitation;
  const join = submit(async () => {
    const reply = await call("POST", "/api/invitations/join", { body: { token }, reply: AcceptedInvitation });
    forgetLinkToken();
    window.location.assign(`/?project=${reply.projectId}`);
  });
  if (signedInAs === null) {
    return (
      <div className="space-y-3">
        <p>This address has an account. Sign in with it, and you come back here.</p>
        <Button asChild variant="primary" size="lg" className="w-full">
          <Link href="/sign-in?next=/invite">Sign in</Link>
        </Button>
      </div>
    );
  }
  if (signedInAs.toLowerCase() !== email) {
    return (
      <div className="space-y-3">
        <p>
          You are signed in as <strong>{signedInAs}</strong>, and the invitation is for another address.
        </p>
        <Button variant="primary" size="lg" className="w-full" onClick={() => void signOut({ callbackUrl: "/invite" })}>
          Sign out and go on
        </Button>
      </div>
    );
  }
  return (
    <form onSubmit={join} className="space-y-3">
      <FormFault>{faults[""]}</FormFault>
      <Button type="submit" variant="primary" size="lg" className="w-full" disabled={busy}>
        {busy ? "Joining…" : `Join ${projectName}`}
      </Button>
    </form>
  );
}
