"use client";
import { Plus } from "lucide-react";
import { useRouter } from "next/navigation";
import { type FormEvent, useState } from "react";
import { act } from "#app/_live/act.ts";
import { useProof } from "#app/_live/use-proof.tsx";
import { Button } from "#app/_ui/button.tsx";
import { Card } from "#app/_ui/card.tsx";
import { ConfirmDialog } from "#app/_ui/confirm-dialog.tsx";
import { removePolicy, savePolicy } from "#app/(console)/settings/policies/_components/calls.ts";
import { CheckCard } from "#app/(console)/settings/policies/_components/check-card.tsx";
import { GateFields } from "#app/(console)/settings/policies/_components/gate-fields.tsx";
import { bodyOf, draftOf, FIRST, type PolicyDraft } from "#app/(console)/settings/policies/_components/policy-draft.ts";
import { RuleFields } from "#app/(console)/settings/policies/_components/rule-fields.tsx";
import { TargetFields } from "#app/(console)/settings/policies/_components/target-fields.tsx";
import { type Nameable, ThresholdFields } from "#app/(console)/settings/policies/_components/threshold-fields.tsx";
import { usePolicyCheck } from "#app/(console)/settings/policies/_components/use-policy-check.ts";
import { placeWords } from "#app/(console)/settings/policies/_components/words.ts";
import { type Policy, PolicyInput } from "#lib/approvals/schemas.ts";

/** Writes a policy; says all the while who could approve under it. */
export function PolicyForm(props: {
  modelName: string;
  target: string;
  holding: Policy | null;
  models: readonly string[];
  people: readonly Nameable[];
}) {
  const { modelName, target, holding, models, people } = props;
  const router = useRouter();
  const { withProof, proof } = useProof();
  const [draft, setDraft] = useState<PolicyDraft>(() => draftOf(holding?.body ?? FIRST));
  const [busy, setBusy] = useState(false);
  const [removing, setRemoving] = useState(false);
  const parsed = PolicyInput.safeParse({ modelName, target, body: bodyOf(draft) });
  const faults = parsed.success ? {} : faultsOf(parsed.error.issues);
  const check = usePolicyCheck(parsed.data ?? null);
  const what = placeWords(modelName, target);

  const save = async (event: FormEvent) => {
    event.preventDefault();
    if (!parsed.success) return;
    setBusy(true);
    const expectedVersion = holding?.version ?? 0;
    await act(
      async () => {
        await withProof(() => savePolicy({ ...parsed.data, expectedVersion }));
        router.refresh();
      },
      { done: `${what} moves only by an approval now` },
    );
    setBusy(false);
  };
  const remove = () =>
    act(
      async () => {
        if (holding !== null) await withProof(() => removePolicy(holding.id));
        router.push("/settings/policies");
        router.refresh();
      },
      { done: `The policy for ${what} is removed` },
    );
  const refused = check.state === "done" && !check.last.satisfiable;

  return (
    <form onSubmit={save} noValidate className="grid items-start gap-4 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
      <div className="min-w-0 space-y-4">
        <TargetFields modelName={modelName} target={target} models={models} />
        <Card
          title="Who has to agree"
          aside={<span className="text-xs text-muted-foreground">every threshold must be met</span>}
          flush
        >
          {draft.thresholds.map((threshold, place) => (
            <ThresholdFields
              key={threshold.key}
              value={threshold}
              people={people}
              faults={faultsUnder(faults, `thresholds.${place}.`)}
              removable={draft.thresholds.length > 1}
              onChange={(value) =>
                setDraft({ ...draft, thresholds: draft.thresholds.map((one) => (one === threshold ? value : one)) })
              }
              onRemove={() => setDraft({ ...draft, thresholds: draft.thresholds.filter((one) => one !== threshold) })}
            />
          ))}
          <div className="border-t border-border px-4 py-2.5">
            <Button
              size="sm"
              disabled={draft.thresholds.length >= 10}
              onClick={() => setDraft({ ...draft, thresholds: [...draft.thresholds, another(draft)] })}
            >
              <Plus aria-hidden /> Add a threshold
            </Button>
          </div>
        </Card>
        <Card
          title="Gates"
          aside={<span className="text-xs text-muted-foreground">each must hold, whoever agrees</span>}
          flush
        >
          <GateFields
            value={draft.gates}
            faults={Object.fromEntries(
              draft.gates.flatMap((_, place) => {
                const [fault] = Object.values(faultsUnder(faults, `gates.${place}`));
                return fault === undefined ? [] : [[String(place), fault]];
              }),
            )}
            onChange={(gates) => setDraft({ ...draft, gates })}
          />
        </Card>
        <RuleFields draft={draft} faults={faults} onChange={setDraft} />
      </div>
      <div className="min-w-0 space-y-4 lg:sticky lg:top-4">
        <CheckCard check={check} complete={parsed.success} />
        <div className="flex flex-wrap gap-2">
          <Button type="submit" variant="primary" disabled={busy || !parsed.success || refused}>
            {busy ? "Saving…" : holding === null ? `Protect ${what}` : `Save version ${holding.version + 1}`}
          </Button>
          {holding !== null && (
            <Button variant="danger" onClick={() => setRemoving(true)}>
              Remove the policy…
            </Button>
          )}
        </div>
        <p className="text-xs text-muted-foreground">
          An open request of which this asks more than its own policy did ends; whoever asked is told.
        </p>
      </div>
      <ConfirmDialog
        open={removing}
        onOpenChange={setRemoving}
        title={`Remove the policy for ${what}?`}
        action={`Leave ${what} unprotected`}
        danger
        onConfirm={remove}
      >
        <p>
          Whoever may register models can then move a version there at once
          {modelName === "*" ? "" : ", unless the policy for every model protects it"}. The versions of the policy stay
          on record.
        </p>
      </ConfirmDialog>
      {proof}
    </form>
  );
}

function another({ thresholds }: PolicyDraft): PolicyDraft["thresholds"][number] {
  const key = Math.max(...thresholds.map((one) => one.key)) + 1;
  return { key, name: `Threshold ${key + 1}`, roles: ["admin"], users: [], services: [], approvals: "1", deny: "1" };
}

/** Faults by path below `body`, such as `thresholds.0.name`; the first of each. */
function faultsOf(issues: readonly { path: PropertyKey[]; message: string }[]): Record<string, string> {
  const faults: Record<string, string> = {};
  for (const { path, message } of issues) {
    const field = path.filter((part) => part !== "body").join(".");
    faults[field] ??= message;
  }
  return faults;
}

function faultsUnder(faults: Record<string, string>, prefix: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(faults).flatMap(([path, fault]) =>
      path.startsWith(prefix) ? [[path.slice(prefix.length), fault]] : [],
    ),
  );
}
