"use client";
import { useRouter } from "next/navigation";
import { toast } from "sonner";
import { call } from "#app/_live/api.ts";
import { useSubmit } from "#app/_live/use-submit.ts";
import { FormButtons, FormFault } from "#app/_ui/form.tsx";
import { Input } from "#app/_ui/input.tsx";
import { describedBy, Field } from "#app/_ui/label.tsx";
import { RoleField, roleIn } from "#app/(console)/settings/_components/role-field.tsx";
import { ServiceAccount } from "#lib/auth/schemas.ts";

export function ServiceAccountForm({ onDone }: { onDone(): void }) {
  const router = useRouter();
  const { submit, busy, faults } = useSubmit(["name"]);
  const create = submit(async (form) => {
    const body = { name: String(form.get("name")), role: roleIn(form) };
    const made = await call("POST", "/api/service-accounts", { body, reply: ServiceAccount });
    onDone();
    router.refresh();
    toast.success(`${made.name} is there. Make a key for it under Keys.`);
  });
  return (
    <form onSubmit={create} className="space-y-4">
      <Field id="account-name" label="Name" hint="what it is for, such as nightly-training" error={faults["name"]}>
        <Input
          id="account-name"
          name="name"
          required
          autoFocus
          maxLength={100}
          aria-describedby={describedBy("account-name")}
          aria-invalid={faults["name"] !== undefined}
        />
      </Field>
      <RoleField chosen="member" />
      <FormFault>{faults[""]}</FormFault>
      <FormButtons action="Create the account" working="Creating…" busy={busy} onCancel={onDone} />
    </form>
  );
}
