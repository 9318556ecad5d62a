"use client";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { call } from "#app/_live/api.ts";
import { useMay } from "#app/_live/may.tsx";
import { useSubmit } from "#app/_live/use-submit.ts";
import { Button } from "#app/_ui/button.tsx";
import { Dialog } from "#app/_ui/dialog.tsx";
import { FormButtons, FormFault } from "#app/_ui/form.tsx";
import { Input, Select } from "#app/_ui/input.tsx";
import { describedBy, Field } from "#app/_ui/label.tsx";
import { deploymentHref } from "#app/(console)/deployments/_components/words.ts";
import { Deployment } from "#lib/serving/deployments/schemas.ts";

/** An admin makes a deployment; it begins with what is in Production. */
export function NewDeployment({ models, taken }: { models: readonly string[]; taken: readonly string[] }) {
  const mayMake = useMay("admin");
  const [open, setOpen] = useState(false);
  if (!mayMake || models.length === 0) return null;
  return (
    <>
      <Button variant="primary" onClick={() => setOpen(true)}>
        New deployment
      </Button>
      <Dialog open={open} onOpenChange={setOpen} title="A new deployment">
        <Form models={models} isFirst={taken.length === 0} onClose={() => setOpen(false)} />
      </Dialog>
    </>
  );
}

function Form(props: { models: readonly string[]; isFirst: boolean; onClose(): void }) {
  const { models, isFirst, onClose } = props;
  const router = useRouter();
  const { submit, busy, faults } = useSubmit(["name", "modelName", "access"]);
  const create = submit(async (form) => {
    const body = { name: form.get("name"), modelName: form.get("modelName"), access: form.get("access") };
    const { name } = await call("POST", "/api/deployments", { body, reply: Deployment });
    onClose();
    router.push(deploymentHref(name));
  });
  return (
    <form onSubmit={create} className="space-y-3">
      <Field
        id="deployment-name"
        label="Name"
        hint="lower-case letters, digits and hyphens; part of the address /predict/…"
        error={faults["name"]}
      >
        <Input
          id="deployment-name"
          name="name"
          required
          autoFocus
          maxLength={63}
          pattern="[a-z0-9][a-z0-9\-]*"
          aria-describedby={describedBy("deployment-name")}
          aria-invalid={faults["name"] !== undefined}
        />
      </Field>
      <Field id="deployment-model" label="Model" hint="its version in Production answers" error={faults["modelName"]}>
        <Select id="deployment-model" name="modelName" aria-describedby={describedBy("deployment-model")}>
          {models.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </Select>
      </Field>
      <Field id="deployment-access" label="Who may ask" error={faults["access"]}>
        <Select id="deployment-access" name="access" aria-describedby={describedBy("deployment-access")}>
          <option value="key">who has a key or a session with serving:predict</option>
          <option value="public">anybody</option>
        </Select>
      </Field>
      {isFirst && <p className="text-muted-foreground">The first of the project: /predict will mean it.</p>}
      <FormFault>{faults[""]}</FormFault>
      <FormButtons action="Make the deployment" working="Making…" busy={busy} onCancel={onClose} />
    </form>
  );
}
