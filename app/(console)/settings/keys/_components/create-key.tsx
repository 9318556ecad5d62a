"use client";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { call } from "#app/_live/api.ts";
import { useProof } from "#app/_live/use-proof.tsx";
import { useSubmit } from "#app/_live/use-submit.ts";
import { FormButtons, FormFault } from "#app/_ui/form.tsx";
import { Input, Select } from "#app/_ui/input.tsx";
import { describedBy, Field } from "#app/_ui/label.tsx";
import { ConfineFields } from "#app/(console)/settings/keys/_components/confine-fields.tsx";
import { NewKey } from "#app/(console)/settings/keys/_components/new-key.tsx";
import { ScopeFields } from "#app/(console)/settings/keys/_components/scope-fields.tsx";
import { bodyOf, EXPIRIES } from "#app/(console)/settings/keys/key-form.ts";
import type { KeyMaker } from "#app/(console)/settings/keys/maker-of.ts";
import { CreatedApiKey } from "#lib/auth/schemas.ts";

/** Asks what the key is for, then shows it, this once. */
export function CreateKey({ maker, onDone }: { maker: KeyMaker; onDone(): void }) {
  const router = useRouter();
  const [made, setMade] = useState<CreatedApiKey | null>(null);
  const { withProof, proof } = useProof();
  const { submit, busy, faults, setFaults } = useSubmit(["name", "scopes", "perSecond", "expiresAt"]);
  const create = submit(async (form) => {
    const body = bodyOf(form, new Date());
    if (body.scopes.length === 0) {
      setFaults({ scopes: "tick at least one" });
      return;
    }
    setMade(await withProof(() => call("POST", "/api/keys", { body, reply: CreatedApiKey })));
    router.refresh();
  });
  if (made !== null) return <NewKey made={made} onDone={onDone} />;
  return (
    <form onSubmit={create} className="space-y-4">
      <div className="grid gap-x-4 gap-y-3 sm:grid-cols-2">
        <Field id="key-name" label="Name" hint="what it is for" error={faults["name"]}>
          <Input
            id="key-name"
            name="name"
            required
            autoFocus
            maxLength={100}
            aria-describedby={describedBy("key-name")}
            aria-invalid={faults["name"] !== undefined}
          />
        </Field>
        {maker.accounts.length > 0 && (
          <Field id="key-owner" label="Owner" hint="whose role bounds it">
            <Select id="key-owner" name="serviceAccount" aria-describedby={describedBy("key-owner")}>
              <option value="">You</option>
              {maker.accounts.map(({ id, name }) => (
                <option key={id} value={id}>
                  {name} (service account)
                </option>
              ))}
            </Select>
          </Field>
        )}
        <Field id="key-expiry" label="Holds for" error={faults["expiresAt"]}>
          <Select id="key-expiry" name="expiry" defaultValue="90" aria-describedby={describedBy("key-expiry")}>
            {EXPIRIES.map(([days, words]) => (
              <option key={days} value={days}>
                {words}
              </option>
            ))}
          </Select>
        </Field>
        <Field
          id="key-rate"
          label="Requests a second, at most"
          hint="no limit of its own when empty"
          error={faults["perSecond"]}
        >
          <Input
            id="key-rate"
            name="perSecond"
            type="number"
            min={1}
            max={100_000}
            step={1}
            aria-describedby={describedBy("key-rate")}
            aria-invalid={faults["perSecond"] !== undefined}
          />
        </Field>
      </div>
      <ScopeFields scopes={maker.scopes} error={faults["scopes"]} />
      <ConfineFields models={maker.models} deployments={maker.deployments} />
      <FormFault>{faults[""]}</FormFault>
      <FormButtons action="Make the key" working="Making…" busy={busy} onCancel={onDone} />
      {proof}
    </form>
  );
}
