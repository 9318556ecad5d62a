"use client";
import { Plus, X } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { toast } from "sonner";
import { call } from "#app/_live/api.ts";
import { useMay } from "#app/_live/may.tsx";
import { useSubmit } from "#app/_live/use-submit.ts";
import { Button } from "#app/_ui/button.tsx";
import { Dialog } from "#app/_ui/dialog.tsx";
import { FormButtons, FormFault } from "#app/_ui/form.tsx";
import { Input, Select } from "#app/_ui/input.tsx";
import { describedBy, Field } from "#app/_ui/label.tsx";
import { deploymentHref, trafficWords } from "#app/(console)/deployments/_components/words.ts";
import { type DraftRow, draftOf, trafficOf } from "#app/(console)/deployments/[name]/_components/draft.ts";
import { Deployment } from "#lib/serving/deployments/schemas.ts";

interface Choice {
  version: number;
  stage: string;
}

interface EditorProps {
  deployment: Deployment;
  /** Those that can be served, newest first. */
  versions: readonly Choice[];
}

/** An admin writes the next table; it takes effect in every process within a second. */
export function TrafficEditor({ deployment, versions }: EditorProps) {
  const mayChange = useMay("admin");
  const [open, setOpen] = useState(false);
  if (!mayChange) return null;
  return (
    <>
      <Button variant="primary" onClick={() => setOpen(true)}>
        Change the traffic
      </Button>
      <Dialog
        open={open}
        onOpenChange={setOpen}
        wide
        title={`Traffic of ${deployment.name}`}
        description="Challengers get their share of the callers, each of whom keeps to a version. Shadows are asked behind the reply: their answers are compared, nobody gets them."
      >
        <Form deployment={deployment} versions={versions} onClose={() => setOpen(false)} />
      </Dialog>
    </>
  );
}

function Form({ deployment, versions, onClose }: EditorProps & { onClose(): void }) {
  const router = useRouter();
  const [draft, setDraft] = useState(() => draftOf(deployment.traffic));
  const { submit, busy, faults, setFaults } = useSubmit(["reason"]);
  const read = trafficOf(draft);
  const setRow = (key: number, change: Partial<DraftRow>) =>
    setDraft({ ...draft, rows: draft.rows.map((row) => (row.key === key ? { ...row, ...change } : row)) });
  const free = versions.find(
    ({ version }) => version !== draft.champion && !draft.rows.some((row) => row.version === version),
  );
  const add = (version: number) => {
    const key = Math.max(-1, ...draft.rows.map((row) => row.key)) + 1;
    setDraft({ ...draft, rows: [...draft.rows, { key, role: "challenger", version, part: "5" }] });
  };
  const save = submit(async (form) => {
    if ("fault" in read) {
      setFaults({ "": read.fault });
      return;
    }
    const body = {
      traffic: read.traffic,
      reason: String(form.get("reason") ?? ""),
      expectedGeneration: deployment.generation,
    };
    const path = `/api${deploymentHref(deployment.name)}/traffic`;
    const { generation } = await call("PUT", path, { body, reply: Deployment });
    toast.success(`Generation ${generation} is in force`);
    router.refresh();
    onClose();
  });
  return (
    <form onSubmit={save} className="space-y-3">
      <Field id="champion" label="Champion" hint="answers whoever no challenger gets">
        <Select
          id="champion"
          aria-describedby={describedBy("champion")}
          value={draft.champion}
          onChange={({ target: { value } }) =>
            setDraft({ ...draft, champion: value === "Production" ? value : Number(value) })
          }
        >
          <option value="Production">what is in Production, whenever it changes</option>
          <VersionOptions versions={versions} chosen={draft.champion === "Production" ? null : draft.champion} />
        </Select>
      </Field>
      <fieldset className="space-y-2">
        <legend className="text-sm font-medium">Beside it</legend>
        {draft.rows.length === 0 && <p className="text-xs text-muted-foreground">Nothing: the champion answers all.</p>}
        {draft.rows.map((row) => (
          <RowFields
            key={row.key}
            row={row}
            versions={versions}
            onChange={(change) => setRow(row.key, change)}
            onRemove={() => setDraft({ ...draft, rows: draft.rows.filter(({ key }) => key !== row.key) })}
          />
        ))}
        <Button size="sm" disabled={free === undefined} onClick={() => free !== undefined && add(free.version)}>
          <Plus aria-hidden /> Add a version
        </Button>
      </fieldset>
      <Field
        id="traffic-reason"
        label="Reason"
        hint={deployment.isProtected ? "needed, as Production is protected; kept in the record" : "kept in the record"}
        error={faults["reason"]}
      >
        <Input id="traffic-reason" name="reason" maxLength={2_000} aria-describedby={describedBy("traffic-reason")} />
      </Field>
      <p className="text-xs text-muted-foreground" aria-live="polite">
        {"fault" in read ? `Not yet: ${read.fault}.` : `Will be: ${trafficWords(read.traffic)}`}
      </p>
      <FormFault>{faults[""]}</FormFault>
      <FormButtons action="Put it in force" working="Writing…" busy={busy} onCancel={onClose} />
    </form>
  );
}

function RowFields(props: {
  row: DraftRow;
  versions: readonly Choice[];
  onChange(change: Partial<DraftRow>): void;
  onRemove(): void;
}) {
  const { row, versions, onChange, onRemove } = props;
  const of = `of version ${row.version}`;
  return (
    <div className="flex flex-wrap items-center gap-2">
      <Select
        aria-label={`Role ${of}`}
        className="w-32"
        value={row.role}
        onChange={({ target: { value } }) => onChange({ role: value === "shadow" ? "shadow" : "challenger" })}
      >
        <option value="challenger">challenger</option>
        <option value="shadow">shadow</option>
      </Select>
      <Select
        aria-label={`Version of this ${row.role}`}
        className="w-44"
        value={row.version}
        onChange={({ target: { value } }) => onChange({ version: Number(value) })}
      >
        <VersionOptions versions={versions} chosen={row.version} />
      </Select>
      <span className="flex items-center gap-1">
        <Input
          aria-label={`Share ${of} in percent`}
          className="w-20 text-right"
          inputMode="decimal"
          maxLength={10}
          value={row.part}
          onChange={({ target: { value } }) => onChange({ part: value })}
        />
        %
      </span>
      <Button size="icon" variant="ghost" aria-label={`Take version ${row.version} out`} onClick={onRemove}>
        <X aria-hidden />
      </Button>
    </div>
  );
}

/** One that is chosen stays among them, whatever became of it. */
function VersionOptions({ versions, chosen }: { versions: readonly Choice[]; chosen: number | null }) {
  const isGone = chosen !== null && !versions.some(({ version }) => version === chosen);
  return (
    <>
      {isGone && <option value={chosen}>version {chosen}</option>}
      {versions.map(({ version, stage }) => (
        <option key={version} value={version}>
          version {version}
          {stage === "None" ? "" : ` (${stage})`}
        </option>
      ))}
    </>
  );
}
