"use client";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { call } from "#app/_live/api.ts";
import { useSubmit } from "#app/_live/use-submit.ts";
import { Button } from "#app/_ui/button.tsx";
import { CodeBlock } from "#app/_ui/copy.tsx";
import { FormButtons, FormFault } from "#app/_ui/form.tsx";
import { Input } from "#app/_ui/input.tsx";
import { describedBy, Field } from "#app/_ui/label.tsx";
import { RoleField, roleIn } from "#app/(console)/settings/_components/role-field.tsx";
import { CreatedInvitation, INVITATION_DAYS } from "#lib/auth/schemas.ts";

/** Asks for address and role, then shows the link, this once. */
export function InviteForm({ onDone }: { onDone(): void }) {
  const router = useRouter();
  const [made, setMade] = useState<CreatedInvitation | null>(null);
  const { submit, busy, faults } = useSubmit(["email"]);
  const invite = submit(async (form) => {
    const body = { email: String(form.get("email")), role: roleIn(form) };
    setMade(await call("POST", "/api/invitations", { body, reply: CreatedInvitation }));
    router.refresh();
  });
  if (made !== null) return <InvitationLink made={made} onDone={onDone} />;
  return (
    <form onSubmit={invite} className="space-y-4">
      <Field id="invite-email" label="E-mail address" hint="only this address can accept" error={faults["email"]}>
        <Input
          id="invite-email"
          name="email"
          type="email"
          required
          autoFocus
          maxLength={254}
          autoComplete="off"
          aria-describedby={describedBy("invite-email")}
          aria-invalid={faults["email"] !== undefined}
        />
      </Field>
      <RoleField />
      <FormFault>{faults[""]}</FormFault>
      <FormButtons action="Make the link" working="Making…" busy={busy} onCancel={onDone} />
    </form>
  );
}

function InvitationLink({ made, onDone }: { made: CreatedInvitation; onDone(): void }) {
  return (
    <div className="space-y-3">
      <p role="status">
        {made.mailed === true ? "The link was mailed to " : "Send this link to "}
        <strong>{made.email}</strong>. It works once, for {INVITATION_DAYS} days, and is not shown again.
      </p>
      {made.mailed === false && (
        <p className="text-warning">The mail could not be sent: hand the link over yourself.</p>
      )}
      <CodeBlock code={`${window.location.origin}${made.path}`} label="invitation link" />
      <p className="text-xs text-muted-foreground">
        Lost it? Invite the same address again: that makes a new link, and the old one stops to work.
      </p>
      <div className="flex justify-end">
        <Button variant="primary" onClick={onDone}>
          Done
        </Button>
      </div>
    </div>
  );
}
