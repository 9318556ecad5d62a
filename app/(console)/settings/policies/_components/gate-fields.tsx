"use client";
import { Trash2 } from "lucide-react";
import { Button } from "#app/_ui/button.tsx";
import { Input, Select } from "#app/_ui/input.tsx";
import { GATES } from "#app/(console)/approvals/_components/gates.ts";
import { type GateDraft, USUAL } from "#app/(console)/settings/policies/_components/policy-draft.ts";
import { GATE_KINDS } from "#lib/approvals/evidence/schemas.ts";

/** What must hold besides the reviews; shares in percentage points. `faults` by the gate's place. */
export function GateFields(props: {
  value: readonly GateDraft[];
  faults: Record<string, string>;
  onChange(value: GateDraft[]): void;
}) {
  const { value, faults, onChange } = props;
  const unused = GATE_KINDS.filter((kind) => !value.some((gate) => gate.kind === kind));
  const nextKey = Math.max(-1, ...value.map((gate) => gate.key)) + 1;
  return (
    <>
      {value.length === 0 && <p className="p-4 text-muted-foreground">No gates: the reviews alone decide.</p>}
      {value.map((gate, place) => {
        const { unit, hint } = GATES[gate.kind];
        const id = `gate-${gate.key}`;
        const fault = faults[String(place)];
        return (
          <div
            key={gate.key}
            className="grid grid-cols-[minmax(0,1fr)_8rem_2rem] items-center gap-x-3 border-t border-border px-4 py-2.5 first:border-t-0"
          >
            <label htmlFor={id} className="min-w-0">
              <span className="block font-medium">{GATES[gate.kind].name}</span>
              <span className="block text-xs text-muted-foreground">{hint}</span>
              {fault !== undefined && <span className="block text-xs text-danger">{fault}</span>}
            </label>
            {unit === null ? (
              <output id={id} className="text-xs text-muted-foreground">
                no figure
              </output>
            ) : (
              <span className="flex items-center gap-1.5">
                <Input
                  id={id}
                  type="number"
                  step="any"
                  inputMode="decimal"
                  className="tabular text-right"
                  aria-invalid={fault !== undefined}
                  value={gate.value}
                  onChange={(event) =>
                    onChange(value.map((one) => (one === gate ? { ...gate, value: event.target.value } : one)))
                  }
                />
                <span className="w-6 shrink-0 text-xs text-muted-foreground">{unit}</span>
              </span>
            )}
            <Button
              size="icon"
              variant="ghost"
              aria-label={`Remove the gate ${GATES[gate.kind].name}`}
              onClick={() => onChange(value.filter((one) => one !== gate))}
            >
              <Trash2 aria-hidden />
            </Button>
          </div>
        );
      })}
      {unused.length > 0 && (
        <div className="border-t border-border px-4 py-2.5">
          <Select
            aria-label="Add a gate"
            className="w-auto"
            value=""
            onChange={(event) => {
              const kind = unused.find((one) => one === event.target.value);
              if (kind !== undefined) onChange([...value, { key: nextKey, kind, value: USUAL[kind] }]);
            }}
          >
            <option value="">Add a gate…</option>
            {unused.map((kind) => (
              <option key={kind} value={kind}>
                {GATES[kind].name}
              </option>
            ))}
          </Select>
        </div>
      )}
    </>
  );
}
