"use client";
import type { ReactNode } from "react";
import { ConfirmDialog } from "#app/_ui/confirm-dialog.tsx";

/** One act to be asked about: the title names the thing, the action says what will happen. */
export interface Question {
  title: string;
  text: ReactNode;
  action: string;
  danger?: boolean;
  run(): Promise<boolean>;
}

/** The question that is open, if any. */
export function Ask({ question, onClose }: { question: Question | null; onClose(): void }) {
  if (question === null) return null;
  const { title, text, action, danger = true, run } = question;
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={title}
      action={action}
      danger={danger}
      onConfirm={run}
    >
      {text}
    </ConfirmDialog>
  );
}
