"use client";
import { Checkbox, Input, Select } from "#app/_ui/input.tsx";
import { describedBy, Field } from "#app/_ui/label.tsx";
import type { SpecField } from "#app/(console)/runs/new/_components/spec-fields.ts";

/** One hyperparameter. `keep` is what an empty field means where it may be empty ("as the strategy says"). */
export function SpecFieldInput(props: {
  field: SpecField;
  idPrefix: string;
  value: string;
  error: string | undefined;
  keep?: string;
  onChange(value: string): void;
}) {
  const { field, idPrefix, value, error, keep, onChange } = props;
  const id = `${idPrefix}-${field.key}`;
  const shared = { id, "aria-describedby": describedBy(id), "aria-invalid": error !== undefined };
  if (field.kind === "number") {
    return (
      <Field id={id} label={field.label} hint={field.hint} error={error}>
        <Input
          {...shared}
          type="number"
          inputMode="decimal"
          step={field.step}
          min={field.min}
          max={field.max}
          value={value}
          placeholder={keep ?? (field.optional ? "all" : undefined)}
          onChange={(event) => onChange(event.target.value)}
        />
      </Field>
    );
  }
  if (field.kind === "flag" && keep === undefined) {
    return (
      <Field id={id} label={field.label} hint={field.hint} error={error}>
        <div className="flex h-8 items-center">
          <Checkbox
            {...shared}
            checked={value === "true"}
            onChange={(event) => onChange(String(event.target.checked))}
          />
        </div>
      </Field>
    );
  }
  const options =
    field.kind === "choice"
      ? field.options
      : ([
          ["true", "yes"],
          ["false", "no"],
        ] as const);
  return (
    <Field id={id} label={field.label} hint={field.hint} error={error}>
      <Select {...shared} value={value} onChange={(event) => onChange(event.target.value)}>
        {keep !== undefined && <option value="">{keep}</option>}
        {options.map(([option, label]) => (
          <option key={option} value={option}>
            {label}
          </option>
        ))}
      </Select>
    </Field>
  );
}
