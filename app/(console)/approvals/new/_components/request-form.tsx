"use client";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { type FormEvent, useState } from "react";
import { act } from "#app/_live/act.ts";
import { Button } from "#app/_ui/button.tsx";
import { Card } from "#app/_ui/card.tsx";
import { Select } from "#app/_ui/input.tsx";
import { describedBy, Field } from "#app/_ui/label.tsx";
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
          <Field id="request-model" label="Model" hint="those with a policy">
            <Select
              id="request-model"
              aria-describedby={describedBy("request-model")}
              value={modelName}
              onChange={(event) => go({ modelName: event.target.value })}
            >
              {models.map((name) => (
                <option key={name}>{name}</option>
              ))}
            </Select>
          </Field>
          <Field id="request-version" label="Version" hint="newest first">
            <Select
              id="request-version"
              aria-describedby={describedBy("request-version")}
              value={version ?? ""}
              onChange={(event) => go({ ...here, version: Number(event.target.value) })}
            >
              {versions.map(({ number, stage }) => (
                <option key={number} value={number}>
                  {number}
                  {stage === "None" ? "" : ` (${stage})`}
                </option>
              ))}
            </Select>
          </Field>
          <Field id="request-target" label="Target" hint="what a policy protects">
            <Select
              id="request-target"
              aria-describedby={describedBy("request-target")}
              value={target ?? ""}
              onChange={(event) => go({ ...here, target: event.target.value })}
            >
              {targets.map((one) => (
                <option key={one} value={one}>
                  {targetWords(one)}
                </option>
              ))}
            </Select>
          </Field>
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
