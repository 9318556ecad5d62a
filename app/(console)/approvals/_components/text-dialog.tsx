"use client";
import { type ReactNode, useId, useState } from "react";
import { act } from "#app/_live/act.ts";
import { useProof } from "#app/_live/use-proof.tsx";
import { ConfirmDialog } from "#app/_ui/confirm-dialog.tsx";
import { describedBy, Field } from "#app/_ui/label.tsx";
import { Textarea } from "#app/_ui/textarea.tsx";

/**
 * Asks once before an act, with a few words that are kept on record, and for a proof where the API wants one. Rendered only
 * while it is open. `send` rejects with what the API says.
 */
export function TextDialog(props: {
  title: string;
  children: ReactNode;
  action: string;
  danger?: boolean;
  /** What the words are about; `required` where there must be some. */
  field: { label: string; hint?: string; required: boolean };
  done: string;
  send(text: string): Promise<unknown>;
  onClose(): void;
}) {
  const { field, onClose } = props;
  const id = useId();
  const [text, setText] = useState("");
  const [missing, setMissing] = useState(false);
  const { withProof, proof } = useProof();

  const confirm = async () => {
    if (field.required && text.trim() === "") {
      setMissing(true);
      document.getElementById(id)?.focus();
      return false;
    }
    return act(() => withProof(() => props.send(text.trim())), { done: props.done });
  };

  return (
    <>
      <ConfirmDialog
        open
        onOpenChange={onClose}
        title={props.title}
        action={props.action}
        danger={props.danger ?? false}
        onConfirm={confirm}
      >
        {props.children}
        <div className="mt-3 text-left text-foreground">
          <Field
            id={id}
            label={field.label}
            hint={field.hint ?? (field.required ? "kept in the record" : "optional, kept in the record")}
            error={missing ? "Say it in a few words." : undefined}
          >
            <Textarea
              id={id}
              aria-describedby={describedBy(id)}
              aria-invalid={missing}
              aria-required={field.required}
              maxLength={4_000}
              value={text}
              onChange={(event) => {
                setText(event.target.value);
                setMissing(false);
              }}
            />
          </Field>
        </div>
      </ConfirmDialog>
      {proof}
    </>
  );
}
