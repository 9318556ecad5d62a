"use client";
import { useRouter } from "next/navigation";
import { toast } from "sonner";
import { z } from "zod";
import { call } from "#app/_live/api.ts";
import { useSubmit } from "#app/_live/use-submit.ts";
import { FormButtons, FormFault } from "#app/_ui/form.tsx";
import { Input } from "#app/_ui/input.tsx";
import { describedBy, Field } from "#app/_ui/label.tsx";

export function DisableFactorForm({ hasPassword, onDone }: { hasPassword: boolean; onDone(): void }) {
  const router = useRouter();
  const { submit, busy, faults } = useSubmit(["code", "password"]);
  const disable = submit(async (form) => {
    const body = {
      code: String(form.get("code")),
      ...(hasPassword && { password: String(form.get("password")) }),
    };
    await call("POST", "/api/second-factor/disable", { body, reply: z.unknown() });
    onDone();
    router.refresh();
    toast.success("The second factor is gone");
  });
  return (
    <form onSubmit={disable} className="space-y-3">
      {hasPassword && (
        <Field id="disable-password" label="Password" error={faults["password"]}>
          <Input
            id="disable-password"
            name="password"
            type="password"
            required
            autoFocus
            autoComplete="current-password"
            aria-describedby={describedBy("disable-password")}
            aria-invalid={faults["password"] !== undefined}
          />
        </Field>
      )}
      <Field id="disable-code" label="Code" hint="of the app, or a recovery code" error={faults["code"]}>
        <Input
          id="disable-code"
          name="code"
          required
          autoComplete="one-time-code"
          className="font-mono"
          aria-describedby={describedBy("disable-code")}
          aria-invalid={faults["code"] !== undefined}
        />
      </Field>
      <FormFault>{faults[""]}</FormFault>
      <FormButtons action="Take it away" working="Checking…" busy={busy} onCancel={onDone} />
    </form>
  );
}
