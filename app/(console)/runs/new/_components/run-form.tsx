"use client";
import { useRouter } from "next/navigation";
import { type FormEvent, useState } from "react";
import { act } from "#app/_live/act.ts";
import { call } from "#app/_live/api.ts";
import { Button } from "#app/_ui/button.tsx";
import { Card } from "#app/_ui/card.tsx";
import { Input } from "#app/_ui/input.tsx";
import { describedBy, Field } from "#app/_ui/label.tsx";
import { faultsOf } from "#app/(console)/runs/new/_components/faults.ts";
import { SpecFieldInput } from "#app/(console)/runs/new/_components/spec-field.tsx";
import { asValues, DEFAULTS, SPEC_FIELDS } from "#app/(console)/runs/new/_components/spec-fields.ts";
import { WHERE, WhereFields } from "#app/(console)/runs/new/_components/where-fields.tsx";
import { SubmitRunBody, SubmittedRun } from "#lib/training/schemas.ts";

/** All hyperparameters of one run, with the values that it gets when nothing is changed. */
export function RunForm({ experiments }: { experiments: string[] }) {
  const router = useRouter();
  const [name, setName] = useState("");
  const [where, setWhere] = useState(WHERE);
  const [texts, setTexts] = useState(DEFAULTS);
  const [faults, setFaults] = useState<Record<string, string>>({});
  const [busy, setBusy] = useState(false);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const body = SubmitRunBody.safeParse({
      ...(name.trim() === "" ? {} : { name }),
      ...where,
      spec: asValues(texts),
    });
    setFaults(body.success ? {} : faultsOf(body.error));
    if (!body.success) return;
    setBusy(true);
    await act(
      async () => {
        const run = await call("POST", "/api/training/runs", { body: body.data, reply: SubmittedRun });
        router.push(`/runs/${run.runId}`);
      },
      { done: "The run is queued" },
    );
    setBusy(false);
  };

  return (
    <form onSubmit={submit} noValidate>
      <Card title="A single run">
        <div className="grid gap-x-6 gap-y-3 sm:grid-cols-2 lg:grid-cols-3">
          <Field id="run-name" label="Name" hint="made from the settings when empty" error={faults["name"]}>
            <Input
              id="run-name"
              aria-describedby={describedBy("run-name")}
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
          </Field>
          <WhereFields idPrefix="run" value={where} experiments={experiments} faults={faults} onChange={setWhere} />
          {SPEC_FIELDS.map((field) => (
            <SpecFieldInput
              key={field.key}
              idPrefix="run"
              field={field}
              value={texts[field.key]}
              error={faults[field.key]}
              onChange={(value) => setTexts({ ...texts, [field.key]: value })}
            />
          ))}
        </div>
        <div className="mt-4 flex justify-end gap-2">
          <Button onClick={() => setTexts(DEFAULTS)}>Defaults</Button>
          <Button type="submit" variant="primary" disabled={busy}>
            {busy ? "Starting…" : "Start the run"}
          </Button>
        </div>
      </Card>
    </form>
  );
}
