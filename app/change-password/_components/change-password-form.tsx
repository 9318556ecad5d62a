"use client";
import Link from "next/link";
import { type FormEvent, useEffect, useState } from "react";
import { z } from "zod";
import { ApiFailure, call } from "#app/_live/api.ts";
import { Button } from "#app/_ui/button.tsx";
import { Input } from "#app/_ui/input.tsx";
import { Label } from "#app/_ui/label.tsx";

interface Fault {
  field: string;
  message: string;
}

export function ChangePasswordForm(props: { email: string; minLength: number; cancellable: boolean }) {
  const [fault, setFault] = useState<Fault>();
  const [busy, setBusy] = useState(false);
  const [hydrated, setHydrated] = useState(false);
  useEffect(() => setHydrated(true), []);

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const newPassword = String(form.get("newPassword"));
    if (newPassword !== form.get("repeated")) {
      setFault({ field: "repeated", message: "The two new passwords differ." });
      return;
    }
    setBusy(true);
    const problem = await changePassword({ currentPassword: String(form.get("currentPassword")), newPassword });
    if (problem === undefined) {
      window.location.assign("/");
      return;
    }
    setBusy(false);
    setFault(problem);
  };

  return (
    <form
      method="post"
      onSubmit={(event) => void submit(event)}
      className="space-y-4"
      data-hydrated={hydrated}
      aria-label="Change password"
    >
      {/* For the browser's password store. */}
      <input type="email" name="email" autoComplete="username" value={props.email} readOnly hidden />
      <PasswordField id="currentPassword" label="Current password" autoComplete="current-password" fault={fault} />
      <PasswordField
        id="newPassword"
        label={`New password (at least ${props.minLength} characters)`}
        autoComplete="new-password"
        minLength={props.minLength}
        fault={fault}
      />
      <PasswordField id="repeated" label="New password again" autoComplete="new-password" fault={fault} />
      <p id="change-password-problem" role="alert" className="text-sm text-danger empty:hidden">
        {fault?.message}
      </p>
      <div className="flex gap-2">
        <Button type="submit" variant="primary" size="lg" className="flex-1" disabled={busy}>
          {busy ? "Changing…" : "Change password"}
        </Button>
        {props.cancellable && (
          <Button asChild size="lg">
            <Link href="/">Cancel</Link>
          </Button>
        )}
      </div>
    </form>
  );
}

function PasswordField(props: {
  id: string;
  label: string;
  autoComplete: string;
  minLength?: number;
  fault: Fault | undefined;
}) {
  const { id, label, fault, ...rest } = props;
  return (
    <div className="space-y-1.5">
      <Label htmlFor={id}>{label}</Label>
      <Input id={id} name={id} type="password" required aria-invalid={fault?.field === id} {...rest} />
    </div>
  );
}

/** Returns what is wrong, or nothing when it is done. */
async function changePassword(body: { currentPassword: string; newPassword: string }): Promise<Fault | undefined> {
  try {
    await call("PUT", "/api/password", { body, reply: z.unknown() });
    return undefined;
  } catch (error) {
    if (!(error instanceof ApiFailure)) throw error;
    const detail = error.details[0];
    return { field: detail?.field ?? "", message: detail ? `${error.message} ${detail.remedy}` : error.message };
  }
}
