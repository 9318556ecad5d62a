"use client";
import { useRouter } from "next/navigation";
import { type FormEvent, useState } from "react";
import { act } from "#app/_live/act.ts";
import { call } from "#app/_live/api.ts";
import { Button } from "#app/_ui/button.tsx";
import { Card } from "#app/_ui/card.tsx";
import { plural } from "#app/_ui/format.ts";
import { Select } from "#app/_ui/input.tsx";
import { describedBy, Field } from "#app/_ui/label.tsx";
import { Head, Table, Td, Tr } from "#app/_ui/table.tsx";
import { faultsOf } from "#app/(console)/runs/new/_components/faults.ts";
import { SpecFieldInput } from "#app/(console)/runs/new/_components/spec-field.tsx";
import { asTexts, asValues, SPEC_FIELDS } from "#app/(console)/runs/new/_components/spec-fields.ts";
import { WHERE, WhereFields } from "#app/(console)/runs/new/_components/where-fields.tsx";
import { type Strategy, StrategyRun, SubmitStrategyBody } from "#lib/training/schemas.ts";

const KEEP = asTexts({});

/** A strategy as it stands, with the choice to set any hyperparameter for all its runs. */
export function StrategyForm({ strategies, experiments }: { strategies: Strategy[]; experiments: string[] }) {
  const router = useRouter();
  const [name, setName] = useState(strategies[0]?.name ?? "");
  const [where, setWhere] = useState(WHERE);
  const [texts, setTexts] = useState(KEEP);
  const [faults, setFaults] = useState<Record<string, string>>({});
  const [busy, setBusy] = useState(false);
  const strategy = strategies.find((one) => one.name === name);
  if (strategy === undefined) return <p className="text-muted-foreground">There are no strategies.</p>;

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const body = SubmitStrategyBody.safeParse({ ...where, overrides: asValues(texts) });
    setFaults(body.success ? {} : faultsOf(body.error));
    if (!body.success) return;
    setBusy(true);
    await act(
      async () => {
        await call("POST", `/api/training/strategies/${strategy.name}`, { body: body.data, reply: StrategyRun });
        router.push("/runs");
      },
      { done: `${strategy.title}: ${plural(strategy.runs.length, "run")} queued` },
    );
    setBusy(false);
  };

  return (
    <form onSubmit={submit} noValidate className="space-y-4">
      <Card title="Strategy">
        <div className="grid gap-x-6 gap-y-3 sm:grid-cols-2 lg:grid-cols-3">
          <Field id="strategy-name" label="Strategy" hint={`its best run becomes a version of “${strategy.modelName}”`}>
            <Select
              id="strategy-name"
              aria-describedby={describedBy("strategy-name")}
              value={name}
              onChange={(event) => setName(event.target.value)}
            >
              {strategies.map((one) => (
                <option key={one.name} value={one.name}>
                  {one.title}
                </option>
              ))}
            </Select>
          </Field>
          <WhereFields
            idPrefix="strategy"
            value={where}
            experiments={experiments}
            faults={faults}
            onChange={setWhere}
          />
        </div>
        <p className="mt-3 text-muted-foreground">{strategy.about}</p>
      </Card>
      <Card title={`Its ${plural(strategy.runs.length, "run")}`} flush>
        <Table label="Runs of the strategy">
          <Head
            columns={[
              "Run",
              "Architecture",
              { name: "Learning rate", number: true },
              "Schedule",
              { name: "Batch size", number: true },
              { name: "Epochs", number: true },
              "Augmented",
              { name: "Seed", number: true },
            ]}
          />
          <tbody>
            {strategy.runs.map((run) => {
              const spec = { ...run.spec, ...asValues(texts) };
              return (
                <Tr key={run.name}>
                  <Td className="font-medium">{run.name}</Td>
                  <Td>{spec.architecture}</Td>
                  <Td number>{spec.learningRate}</Td>
                  <Td>{spec.schedule}</Td>
                  <Td number>{spec.batchSize}</Td>
                  <Td number>{spec.epochs}</Td>
                  <Td>{spec.augment ? "yes" : "no"}</Td>
                  <Td number>{spec.seed}</Td>
                </Tr>
              );
            })}
          </tbody>
        </Table>
      </Card>
      <Card title="Change for all its runs">
        <div className="grid gap-x-6 gap-y-3 sm:grid-cols-2 lg:grid-cols-3">
          {SPEC_FIELDS.map((field) => (
            <SpecFieldInput
              key={field.key}
              idPrefix="strategy"
              field={field}
              keep="as the strategy says"
              value={texts[field.key]}
              error={faults[field.key]}
              onChange={(value) => setTexts({ ...texts, [field.key]: value })}
            />
          ))}
        </div>
        <div className="mt-4 flex justify-end gap-2">
          <Button onClick={() => setTexts(KEEP)}>As the strategy says</Button>
          <Button type="submit" variant="primary" disabled={busy}>
            {busy ? "Starting…" : `Start ${plural(strategy.runs.length, "run")}`}
          </Button>
        </div>
      </Card>
    </form>
  );
}
