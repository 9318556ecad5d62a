"use client";
import { Trash2 } from "lucide-react";
import { type ReactNode, useId } from "react";
import { Button } from "#app/_ui/button.tsx";
import { Checkbox, Input } from "#app/_ui/input.tsx";
import { describedBy, Field } from "#app/_ui/label.tsx";
import type { ThresholdDraft } from "#app/(console)/settings/policies/_components/policy-draft.ts";
import { REVIEWING_ROLES } from "#lib/approvals/policy-schemas.ts";

/** Somebody whom a threshold can name. */
export interface Nameable {
  id: string;
  name: string;
  role: string;
  kind: "person" | "service";
}

/** So many of these must approve. `faults` by the threshold's own field. */
export function ThresholdFields(props: {
  value: ThresholdDraft;
  people: readonly Nameable[];
  faults: Record<string, string>;
  removable: boolean;
  onChange(value: ThresholdDraft): void;
  onRemove(): void;
}) {
  const { value, people, faults, removable, onChange, onRemove } = props;
  const id = (field: string) => `threshold-${value.key}-${field}`;
  const toggle = <T extends string>(list: readonly T[], item: T) =>
    list.includes(item) ? list.filter((one) => one !== item) : [...list, item];
  const text = (field: "name" | "approvals" | "deny", label: string, hint: string) => (
    <Field id={id(field)} label={label} hint={hint} error={faults[field]}>
      <Input
        id={id(field)}
        aria-describedby={describedBy(id(field))}
        aria-invalid={faults[field] !== undefined}
        {...(field === "name" ? { maxLength: 80 } : { type: "number", inputMode: "numeric", min: 1, max: 20 })}
        value={value[field]}
        onChange={(event) => onChange({ ...value, [field]: event.target.value })}
      />
    </Field>
  );
  const named = people.filter(({ role }) => REVIEWING_ROLES.some((one) => one === role));
  return (
    <fieldset className="space-y-3 border-t border-border p-4 first:border-t-0">
      <legend className="sr-only">Threshold {value.name}</legend>
      <div className="grid gap-x-4 gap-y-2 sm:grid-cols-[minmax(0,1fr)_7rem_7rem_2rem]">
        {text("name", "Name", "as reviewers read it")}
        {text("approvals", "Approvals", "how many people")}
        {text("deny", "Denials", "that end it")}
        <div className="flex items-start sm:pt-6">
          <Button
            size="icon"
            variant="ghost"
            disabled={!removable}
            aria-label={`Remove the threshold ${value.name}`}
            title={removable ? "Remove" : "A policy has at least one threshold"}
            onClick={onRemove}
          >
            <Trash2 aria-hidden />
          </Button>
        </div>
      </div>
      <div className="space-y-1.5">
        <p className="text-sm font-medium">Of whom</p>
        <div className="flex flex-wrap gap-x-5 gap-y-2">
          {REVIEWING_ROLES.map((role) => (
            <Tick
              key={role}
              checked={value.roles.includes(role)}
              onTick={() => onChange({ ...value, roles: toggle(value.roles, role) })}
            >
              every {role}
            </Tick>
          ))}
          {named.map((person) => {
            const field = person.kind === "service" ? "services" : "users";
            return (
              <Tick
                key={person.id}
                checked={value[field].includes(person.id)}
                onTick={() => onChange({ ...value, [field]: toggle(value[field], person.id) })}
              >
                {person.name}{" "}
                <span className="text-muted-foreground">
                  ({person.kind === "service" ? "service account" : person.role})
                </span>
              </Tick>
            );
          })}
        </div>
        {(faults["roles"] ?? faults["users"]) !== undefined && (
          <p className="text-xs text-danger">{faults["roles"] ?? faults["users"]}</p>
        )}
      </div>
    </fieldset>
  );
}

/** A tick box and its words, one target. */
export function Tick(props: { checked: boolean; disabled?: boolean; onTick(): void; children: ReactNode }) {
  const id = useId();
  return (
    <label htmlFor={id} className="flex min-h-6 items-center gap-2">
      <Checkbox id={id} checked={props.checked} disabled={props.disabled} onChange={props.onTick} />
      <span>{props.children}</span>
    </label>
  );
}
