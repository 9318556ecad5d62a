"use client";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { type FormEvent, useState } from "react";
import { act } from "#app/_live/act.ts";
import { Button } from "#app/_ui/button.tsx";
import { Card } from "#app/_ui/card.tsx";
import { describedBy, Field } from "#app/_ui/label.tsx";
import { SelectField } from "#app/_ui/select-field.tsx";
import { Textarea } from "#app/_ui/textarea.tsx";
import { requestApproval } from "#app/(console)/approvals/_components/calls.ts";
import { actWords, newHref, targetWords } from "#app/(console)/approvals/_components/words.ts";
import type { Stage } from "#lib/registry/status.ts";

/** Which version should get which protected place, and why. What is chosen is in the address. */
export function RequestForm(props: {
  models: readonly string[];
  modelName: string;
  /** Newest first. */
  versions: readonly { number: number; stage: Stage }[];
  version: number | null;
  targets: readonly string[];
  target: string | null;
  /** Requests that are open for this model. */
  open: readonly { id: string; version: number; target: string }[];
}) {
  const { models, modelName, versions, version, targets, target, open } = props;
  const router = useRouter();
  const [reason, setReason] = useState("");
  const [missing, setMissing] = useState(false);
  const [busy, setBusy] = useState(false);
  const go = (asked: Parameters<typeof newHref>[0]) => router.replace(newHref(asked), { scroll: false });
  const here = { modelName, version: version ?? undefined, target: target ?? undefined };
  const same = open.find((request) => request.version === version && request.target === target);
  const isThere = versions.some(({ number, stage }) => number === version && target === `stage:${stage}`);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (version === null || target === null) return;
    if (reason.trim() === "") {
      setMissing(true);
      document.getElementById("request-reason")?.focus();
      return;
    }
    setBusy(true);
    await act(
      async () => {
        const request = await requestApproval({ modelName, version, target, reason: reason.trim() });
        router.push(`/approvals/${request.id}`);
      },
      { done: "The request is made; its evidence is being computed" },
    );
    setBusy(false);
  };

  return (
    <form onSubmit={submit} noValidate className="max-w-3xl">
      <Card title="What should take effect">
        <div className="grid gap-x-4 gap-y-3 sm:grid-cols-3">
          <SelectField
            id="request-model"
            label="Model"
            hint="those with a policy"
            value={modelName}
            options={models.map((name) => [name, name])}
            onChange={(name) => go({ modelName: name })}
          />
          <SelectField
            id="request-version"
            label="Version"
            hint="newest first"
            value={String(version ?? "")}
            options={versions.map(({ number, stage }) => [
              String(number),
              stage === "None" ? String(number) : `${number} (${stage})`,
            ])}
            onChange={(number) => go({ ...here, version: Number(number) })}
          />
          <SelectField
            id="request-target"
            label="Target"
            hint="what a policy protects"
            value={target ?? ""}
            options={targets.map((one) => [one, targetWords(one)])}
            onChange={(one) => go({ ...here, target: one })}
          />
        </div>
        <div className="mt-3">
          <Field
            id="request-reason"
            label="Reason"
            hint="what reviewers should know: what is better, what was tried, what could go wrong"
            error={missing ? "Say why in a few words." : undefined}
          >
            <Textarea
              id="request-reason"
              rows={4}
              aria-required
              aria-invalid={missing}
              aria-describedby={describedBy("request-reason")}
              maxLength={4_000}
              value={reason}
              onChange={(event) => {
                setReason(event.target.value);
                setMissing(false);
              }}
            />
          </Field>
        </div>
        <div className="mt-4 flex flex-wrap items-center justify-end gap-3">
          {targets.length === 0 && (
            <p className="mr-auto text-muted-foreground">
              No policy protects anything of {modelName}: it moves at once.
            </p>
          )}
          {same !== undefined && (
            <p className="mr-auto">
              It is asked for already:{" "}
              <Link href={`/approvals/${same.id}`} className="font-medium text-primary underline">
                open the request
              </Link>
            </p>
          )}
          {isThere && <p className="mr-auto text-muted-foreground">Version {version} is there already.</p>}
          <Button
            type="submit"
            variant="primary"
            disabled={busy || version === null || target === null || same !== undefined || isThere}
          >
            {busy
              ? "Asking…"
              : version === null || target === null
                ? "Request approval"
                : `Ask to ${actWords({ modelName, version, target }).replace(/^./, (letter) => letter.toLowerCase())}`}
          </Button>
        </div>
      </Card>
    </form>
  );
}
