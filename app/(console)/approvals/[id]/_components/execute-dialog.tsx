"use client";
import type { ReactNode } from "react";
import { act } from "#app/_live/act.ts";
import { useProof } from "#app/_live/use-proof.tsx";
import { ConfirmDialog } from "#app/_ui/confirm-dialog.tsx";

/** Asks once before an approved request takes effect. */
export function ExecuteDialog(props: { title: string; children: ReactNode; send(): Promise<void>; onClose(): void }) {
  const { withProof, proof } = useProof();
  return (
    <>
      <ConfirmDialog
        open
        onOpenChange={props.onClose}
        title={props.title}
        action="Carry it out"
        onConfirm={() => act(() => withProof(props.send), { done: "Carried out" })}
      >
        <p>{props.children}</p>
        <p className="mt-2">Everything is checked once more; the approval is used up by it.</p>
      </ConfirmDialog>
      {proof}
    </>
  );
}
