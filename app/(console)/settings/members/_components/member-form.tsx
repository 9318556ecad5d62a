"use client";
import { useRouter } from "next/navigation";
import { toast } from "sonner";
import { z } from "zod";
import { call } from "#app/_live/api.ts";
import { useSubmit } from "#app/_live/use-submit.ts";
import { CheckField } from "#app/_ui/check-field.tsx";
import { FormButtons, FormFault } from "#app/_ui/form.tsx";
import { RoleField, roleIn } from "#app/(console)/settings/_components/role-field.tsx";
import type { Member } from "#lib/auth/schemas.ts";

/** The role and the rare rights beside it. It holds from the member's next request on. */
export function MemberForm({ member, onDone }: { member: Member; onDone(): void }) {
  const router = useRouter();
  const { submit, busy, faults } = useSubmit([]);
  const ofInstance = member.source === "instance";
  const save = submit(async (form) => {
    const body = {
      role: ofInstance ? "admin" : roleIn(form),
      grants: form.get("emergency") === null ? [] : ["emergency"],
    };
    await call("PUT", `/api/members/${member.userId}`, { body, reply: z.unknown() });
    onDone();
    router.refresh();
    toast.success(`${member.name} is ${body.role} here${body.grants.length > 0 ? ", and may break glass" : ""}`);
  });
  return (
    <form onSubmit={save} className="space-y-4">
      {ofInstance ? (
        <p className="text-muted-foreground">An admin of the instance is admin of every project.</p>
      ) : (
        <RoleField chosen={member.role} />
      )}
      {member.source === "oidc" && (
        <p className="text-xs text-muted-foreground">
          This membership comes from the provider's groups, which set the role again at the next sign-in.
        </p>
      )}
      <CheckField
        id="grant-emergency"
        name="emergency"
        defaultChecked={member.grants.includes("emergency")}
        label={<span className="font-medium">Emergency</span>}
        note="May break glass: promote without an approval, with a reason and a later review."
      />
      <FormFault>{faults[""]}</FormFault>
      <FormButtons action="Save" working="Saving…" busy={busy} onCancel={onDone} />
    </form>
  );
}
