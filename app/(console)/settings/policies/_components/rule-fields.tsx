"use client";
import { Card } from "#app/_ui/card.tsx";
import { Input } from "#app/_ui/input.tsx";
import { describedBy, Field } from "#app/_ui/label.tsx";
import { type PolicyDraft, RISKS } from "#app/(console)/settings/policies/_components/policy-draft.ts";
import { Tick } from "#app/(console)/settings/policies/_components/threshold-fields.tsx";

type Flag = "requester" | "contributors" | "commentRequired" | "secondFactor" | "breakGlass" | "executeOnApproval";
type Figure = "expiresAfterHours" | "validForHours" | "reauthenticateMinutes" | "reviewWithinHours";

/** Everything of a policy but its thresholds and gates. `faults` by the field's path. */
export function RuleFields(props: {
  draft: PolicyDraft;
  faults: Record<string, string>;
  onChange(draft: PolicyDraft): void;
}) {
  const { draft, faults, onChange } = props;
  const flag = (name: Flag, words: string) => (
    <Tick checked={draft[name]} onTick={() => onChange({ ...draft, [name]: !draft[name] })}>
      {words}
    </Tick>
  );
  const figureField = (options: {
    id: string;
    label: string;
    hint: string;
    value: string;
    fault: string | undefined;
    set(value: string): PolicyDraft;
    disabled?: boolean;
  }) => (
    <Field key={options.id} id={options.id} label={options.label} hint={options.hint} error={options.fault}>
      <Input
        id={options.id}
        type="number"
        inputMode="numeric"
        min={1}
        className="tabular"
        aria-describedby={describedBy(options.id)}
        aria-invalid={options.fault !== undefined}
        disabled={options.disabled ?? false}
        value={options.value}
        onChange={(event) => onChange(options.set(event.target.value))}
      />
    </Field>
  );
  const figure = (name: Figure, label: string, hint: string, disabled = false) =>
    figureField({
      id: `policy-${name}`,
      label,
      hint,
      disabled,
      value: draft[name],
      fault: faults[name] ?? faults[`breakGlass.${name}`],
      set: (value) => ({ ...draft, [name]: value }),
    });
  return (
    <div className="grid items-start gap-4 sm:grid-cols-2 lg:grid-cols-1 xl:grid-cols-2">
      <Card title="Who may not review">
        <div className="space-y-2">
          {flag("requester", "whoever asked for it")}
          {flag("contributors", "whoever trained or registered the version, or wrote its card")}
          <p className="text-xs text-muted-foreground">It is about persons: two API keys of one person are one.</p>
        </div>
      </Card>
      <Card title="Proof and comments">
        <div className="space-y-3">
          {flag("commentRequired", "a comment with every approval; denials always need one")}
          {flag("secondFactor", "a second factor in the reviewer's session")}
          <div className="max-w-60">
            {figure("reauthenticateMinutes", "Signed in again within (minutes)", "empty: a session is enough")}
          </div>
        </div>
      </Card>
      <Card title="Time and execution">
        <div className="space-y-2">
          {figure("expiresAfterHours", "Decided within (hours)", "then the request ends")}
          {figure("validForHours", "Carried out within (hours)", "then the approval ends")}
        </div>
        <div className="mt-2">{flag("executeOnApproval", "carried out by the system as soon as it is approved")}</div>
      </Card>
      <Card title="Break-glass">
        <div className="space-y-3">
          {flag("breakGlass", "people with the grant “emergency” may approve alone, with a reason and a second factor")}
          <div className="max-w-60">
            {figure("reviewWithinHours", "Looked at within (hours)", "by somebody else, afterwards", !draft.breakGlass)}
          </div>
        </div>
      </Card>
      <Card title="By the model's risk" className="sm:col-span-2 lg:col-span-1 xl:col-span-2">
        <div className="grid gap-x-4 gap-y-2 sm:grid-cols-3">
          {RISKS.map((risk) =>
            figureField({
              id: `policy-risk-${risk}`,
              label: `People at ${risk} risk`,
              hint: "empty: as the thresholds say",
              value: draft.risk[risk],
              fault: faults[`riskOverrides.${risk}.approvals`],
              set: (value) => ({ ...draft, risk: { ...draft.risk, [risk]: value } }),
            }),
          )}
        </div>
        <p className="mt-1 text-xs text-muted-foreground">
          Different people over all thresholds, in addition to what each asks for.
        </p>
      </Card>
    </div>
  );
}
