"use client";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { Button } from "#app/_ui/button.tsx";
import { Card } from "#app/_ui/card.tsx";
import { Input } from "#app/_ui/input.tsx";
import { describedBy, Field } from "#app/_ui/label.tsx";
import { SelectField } from "#app/_ui/select-field.tsx";
import { editHref, modelWords } from "#app/(console)/settings/policies/_components/words.ts";
import { Target } from "#lib/approvals/policy-schemas.ts";

const STAGES = { "stage:Production": "Production (and @champion)", "stage:Staging": "Staging" };

/** Which policy it is. Choosing another opens that one: what was typed for this one is not carried over. */
export function TargetFields(props: { modelName: string; target: string; models: readonly string[] }) {
  const { modelName, target, models } = props;
  const router = useRouter();
  const isAlias = target.startsWith("alias:");
  const [alias, setAlias] = useState(isAlias ? target.slice("alias:".length) : null);
  const go = (model: string, to: string) => router.replace(editHref(model, to), { scroll: false });
  const wanted = alias === null ? null : Target.safeParse(`alias:${alias}`);
  const known = modelName === "*" || models.includes(modelName) ? models : [modelName, ...models];
  return (
    <Card title="What is protected">
      <div className="grid gap-x-4 gap-y-2 sm:grid-cols-2">
        <SelectField
          id="policy-model"
          label="Model"
          hint="a model's own policy takes the place of the one for every model"
          value={modelName}
          options={["*", ...known].map((name) => [name, modelWords(name)])}
          onChange={(name) => go(name, target)}
        />
        <SelectField
          id="policy-target"
          label="Target"
          hint="what a version gets only by an approval"
          value={alias === null ? target : "alias"}
          options={[...Object.entries(STAGES), ["alias", "An alias…"]]}
          onChange={(to) => {
            if (to === "alias") return setAlias("");
            setAlias(null);
            go(modelName, to);
          }}
        />
        {alias !== null && (
          <div className="sm:col-start-2">
            <Field
              id="policy-alias"
              label="Alias"
              hint="without the @"
              error={
                alias !== "" && wanted?.success === false
                  ? "Letters, digits, . _ - and no sign at the start."
                  : undefined
              }
            >
              <div className="flex gap-2">
                <Input
                  id="policy-alias"
                  aria-describedby={describedBy("policy-alias")}
                  value={alias}
                  onChange={(event) => setAlias(event.target.value)}
                />
                <Button
                  disabled={wanted?.success !== true || wanted.data === target}
                  onClick={() => wanted?.success === true && go(modelName, wanted.data)}
                >
                  Choose
                </Button>
              </div>
            </Field>
          </div>
        )}
      </div>
    </Card>
  );
}
