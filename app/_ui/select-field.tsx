"use client";
import type { ReactNode } from "react";
import { Select } from "#app/_ui/input.tsx";
import { describedBy, Field } from "#app/_ui/label.tsx";

/** A labelled choice of one among options, each with its words. */
export function SelectField(props: {
  id: string;
  label: string;
  hint: ReactNode;
  value: string;
  options: readonly (readonly [value: string, words: string])[];
  onChange(value: string): void;
}) {
  const { id, label, hint, value, options, onChange } = props;
  return (
    <Field id={id} label={label} hint={hint}>
      <Select
        id={id}
        aria-describedby={describedBy(id)}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      >
        {options.map(([one, words]) => (
          <option key={one} value={one}>
            {words}
          </option>
        ))}
      </Select>
    </Field>
  );
}
