"use client";
import { TriangleAlert } from "lucide-react";
import { useRouter } from "next/navigation";
import { type FormEvent, useState } from "react";
import { toast } from "sonner";
import { ApiFailure, call } from "#app/_live/api.ts";
import { Button } from "#app/_ui/button.tsx";
import { Card } from "#app/_ui/card.tsx";
import { FormButtons, FormFault } from "#app/_ui/form.tsx";
import { describedBy, Field } from "#app/_ui/label.tsx";
import { Textarea } from "#app/_ui/textarea.tsx";
import { CARD_TITLES } from "#lib/record/card-sections.ts";
import { ModelCard } from "#lib/record/schemas.ts";
import { CARD_TEXTS, type CardTextKey } from "#lib/registry/card-schemas.ts";

const HINTS: Record<CardTextKey, string> = {
  intendedUse: "What it is for, and who is to use it.",
  outOfScope: "What it must not be used for.",
  factors: "Groups, devices and circumstances that matter to how well it does.",
  ethicalConsiderations: "Whom a wrong answer harms, and what was done about it.",
  caveats: "What was not tested, and what to do next.",
};

/**
 * Writes all sections with one Save, on the revision that was read. When somebody else saved meanwhile nothing is lost: what
 * they wrote is shown below each field that differs, and the next Save is meant.
 */
export function CardEditor({ card, onDone }: { card: ModelCard; onDone(): void }) {
  const router = useRouter();
  const path = `/api/models/${encodeURIComponent(card.modelName)}/versions/${card.version}/card`;
  const [base, setBase] = useState(card);
  const [texts, setTexts] = useState(card.texts);
  const [theirs, setTheirs] = useState<ModelCard | null>(null);
  const [fault, setFault] = useState("");
  const [busy, setBusy] = useState(false);

  const save = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setFault("");
    try {
      await call("PUT", path, { body: { texts }, ifMatch: `"${base.revision}"`, reply: ModelCard });
      toast.success("The card is saved");
      router.refresh();
      onDone();
    } catch (error) {
      if (error instanceof ApiFailure && error.code === "card_changed") {
        const now = await call("GET", path, { reply: ModelCard }).catch(() => null);
        setTheirs(now);
        if (now !== null) setBase(now);
      }
      setFault(error instanceof Error ? error.message : "That did not work.");
    }
    setBusy(false);
  };

  return (
    <Card title="What people write">
      <form onSubmit={save} className="space-y-4">
        {theirs !== null && (
          <div role="alert" className="flex gap-2 rounded-md bg-warning-muted p-3 text-warning">
            <TriangleAlert className="mt-0.5 size-4 shrink-0" aria-hidden />
            <p>
              {theirs.updatedBy?.label ?? "Somebody"} saved revision {theirs.revision} meanwhile. What differs from
              yours stands below each field. Save again to put yours in its place.
            </p>
          </div>
        )}
        {CARD_TEXTS.map((key) => {
          const other = theirs !== null && theirs.texts[key] !== texts[key] ? theirs.texts[key] : null;
          return (
            <div key={key} className="space-y-2">
              <Field id={`card-${key}`} label={CARD_TITLES[key]} hint={HINTS[key]}>
                <Textarea
                  id={`card-${key}`}
                  aria-describedby={describedBy(`card-${key}`)}
                  maxLength={20_000}
                  value={texts[key]}
                  onChange={(event) => setTexts({ ...texts, [key]: event.target.value })}
                />
              </Field>
              {other !== null && (
                <div className="rounded-md border border-warning p-2 text-xs">
                  <p className="mb-1 font-medium">There now:</p>
                  <p className="break-words whitespace-pre-wrap">{other || "Nothing."}</p>
                  <Button size="sm" className="mt-2" onClick={() => setTexts({ ...texts, [key]: other })}>
                    Take theirs
                  </Button>
                </div>
              )}
            </div>
          );
        })}
        <FormFault>{theirs === null ? fault : ""}</FormFault>
        <FormButtons action="Save the card" working="Saving…" busy={busy} onCancel={onDone} />
      </form>
    </Card>
  );
}
