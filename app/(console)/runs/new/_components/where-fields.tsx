"use client";
import { Input, Select } from "#app/_ui/input.tsx";
import { describedBy, Field } from "#app/_ui/label.tsx";
import { DATASETS } from "#app/(console)/runs/new/_components/spec-fields.ts";

export interface Where {
  experiment: string;
  dataset: string;
}

export const WHERE: Where = { experiment: "digits", dataset: "auto" };

/** Where the runs belong and what they learn from. */
export function WhereFields(props: {
  idPrefix: string;
  value: Where;
  experiments: string[];
  faults: Record<string, string>;
  onChange(value: Where): void;
}) {
  const { idPrefix, value, experiments, faults, onChange } = props;
  const experiment = `${idPrefix}-experiment`;
  const dataset = `${idPrefix}-dataset`;
  return (
    <>
      <Field
        id={experiment}
        label="Experiment"
        hint="made when there is none of this name"
        error={faults["experiment"]}
      >
        <Input
          id={experiment}
          aria-describedby={describedBy(experiment)}
          list={`${experiment}-list`}
          value={value.experiment}
          onChange={(event) => onChange({ ...value, experiment: event.target.value })}
        />
        <datalist id={`${experiment}-list`}>
          {experiments.map((name) => (
            <option key={name} value={name} />
          ))}
        </datalist>
      </Field>
      <Field
        id={dataset}
        label="Dataset"
        hint="synthetic digits are drawn, not written by people"
        error={faults["dataset"]}
      >
        <Select
          id={dataset}
          aria-describedby={describedBy(dataset)}
          value={value.dataset}
          onChange={(event) => onChange({ ...value, dataset: event.target.value })}
        >
          {DATASETS.map(([option, label]) => (
            <option key={option} value={option}>
              {label}
            </option>
          ))}
        </Select>
      </Field>
    </>
  );
}
