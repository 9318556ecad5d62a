"use client";
import { AlertDialog } from "radix-ui";
import { type ReactNode, useState } from "react";
import { buttonStyles } from "#app/_ui/button.tsx";

/**
 * Asks once before an act that others will feel. The question names the thing; the button says what will happen.
 * It stays open while `onConfirm` runs; a rejection is the caller's to tell, and leaves the question open.
 */
export function ConfirmDialog(props: {
  open: boolean;
  onOpenChange(open: boolean): void;
  title: string;
  children: ReactNode;
  action: string;
  danger?: boolean;
  onConfirm(): Promise<boolean>;
}) {
  const [busy, setBusy] = useState(false);
  const confirm = async () => {
    setBusy(true);
    const done = await props.onConfirm().finally(() => setBusy(false));
    if (done) props.onOpenChange(false);
  };
  return (
    <AlertDialog.Root open={props.open} onOpenChange={props.onOpenChange}>
      <AlertDialog.Portal>
        <AlertDialog.Overlay className="fixed inset-0 z-40 bg-black/45" />
        <AlertDialog.Content className="fixed top-1/2 left-1/2 z-50 w-[calc(100vw-2rem)] max-w-md -translate-x-1/2 -translate-y-1/2 rounded-lg border border-border bg-popover p-5 text-foreground shadow-xl">
          <AlertDialog.Title className="text-lg font-semibold">{props.title}</AlertDialog.Title>
          <AlertDialog.Description asChild>
            <div className="mt-2 text-muted-foreground">{props.children}</div>
          </AlertDialog.Description>
          <div className="mt-5 flex flex-wrap justify-end gap-2">
            <AlertDialog.Cancel className={buttonStyles({})}>Cancel</AlertDialog.Cancel>
            <button
              type="button"
              disabled={busy}
              onClick={confirm}
              className={buttonStyles({ variant: props.danger ? "danger" : "primary" })}
            >
              {busy ? "Working…" : props.action}
            </button>
          </div>
        </AlertDialog.Content>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
