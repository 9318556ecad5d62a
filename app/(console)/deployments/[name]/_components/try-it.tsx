"use client";
import { useState } from "react";
import { ApiFailure, call } from "#app/_live/api.ts";
import { Button } from "#app/_ui/button.tsx";
import { Card } from "#app/_ui/card.tsx";
import { CodeBlock } from "#app/_ui/copy.tsx";
import { DigitImage } from "#app/_ui/digit-image.tsx";
import { percent } from "#app/_ui/format.ts";
import { Input } from "#app/_ui/input.tsx";
import { describedBy, Field } from "#app/_ui/label.tsx";
import { Tabs, TabsContent, TabsList, TabsTrigger } from "#app/_ui/tabs.tsx";
import type { ExampleDigit } from "#app/(console)/_home/predict-example.ts";
import { callExamples } from "#app/(console)/deployments/[name]/_components/call-examples.ts";
import { PredictReply } from "#lib/serving/schemas.ts";

/** Asks the deployment from here, and shows the same call in other languages. */
export function TryIt(props: { name: string; address: string; needsKey: boolean; example: ExampleDigit | null }) {
  const { name, example } = props;
  const examples = callExamples({ ...props, image: example?.png ?? null });
  const [unit, setUnit] = useState("");
  const [busy, setBusy] = useState(false);
  const [told, setTold] = useState<PredictReply | string | null>(null);
  const ask = async () => {
    setBusy(true);
    await askOnce(name, example?.png ?? "", unit).then(setTold, (error: unknown) => {
      setTold(error instanceof ApiFailure ? error.message : "That did not work.");
    });
    setBusy(false);
  };
  return (
    <Card title="Try it">
      <div className="space-y-3">
        {example !== null && (
          <div className="flex flex-wrap items-end gap-3">
            <DigitImage pixels={example.pixels} alt={`A ${example.label}, as it is sent`} />
            <div className="min-w-40 flex-1">
              <Field id="try-unit" label="As which caller" hint="X-Assay-Unit; empty: as you">
                <Input
                  id="try-unit"
                  maxLength={256}
                  value={unit}
                  onChange={(event) => setUnit(event.target.value)}
                  aria-describedby={describedBy("try-unit")}
                />
              </Field>
            </div>
            <Button variant="primary" className="mb-5" disabled={busy} onClick={() => void ask()}>
              {busy ? "Asking…" : "Ask"}
            </Button>
          </div>
        )}
        <div aria-live="polite">{told !== null && <Told told={told} />}</div>
        <Tabs defaultValue="curl">
          <TabsList aria-label="Languages">
            {examples.map(({ id, label }) => (
              <TabsTrigger key={id} value={id}>
                {label}
              </TabsTrigger>
            ))}
          </TabsList>
          {examples.map(({ id, label, code }) => (
            <TabsContent key={id} value={id}>
              <CodeBlock label={`the call in ${label}`} code={code} />
            </TabsContent>
          ))}
        </Tabs>
      </div>
    </Card>
  );
}

function Told({ told }: { told: PredictReply | string }) {
  if (typeof told === "string") return <p className="text-danger">{told}</p>;
  const { prediction, confidence, model, deployment, latencyMs } = told;
  return (
    <p>
      <strong>{prediction}</strong>, {percent(confidence, 1)} sure, by version {model.version} ({deployment.arm}
      {deployment.arm === deployment.assigned ? "" : `, in place of the ${deployment.assigned}`}, generation{" "}
      {deployment.generation}) in {latencyMs.toFixed(1)} ms
    </p>
  );
}

function askOnce(name: string, image: string, unit: string): Promise<PredictReply> {
  const headers = unit === "" ? {} : { "x-assay-unit": unit };
  return call("POST", `/predict/${encodeURIComponent(name)}`, { body: { image }, reply: PredictReply, headers });
}
