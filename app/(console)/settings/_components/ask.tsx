"use client";
import { type ReactNode, useState } from "react";
import { ConfirmDialog } from "#app/_ui/confirm-dialog.tsx";

/** One act to be asked about: the title names the thing, the action says what will happen. */
export interface Question {
  title: string;
  text: ReactNode;
  action: string;
  danger?: boolean;
  run(): Promise<boolean>;
}

/** `ask` opens a question; render `question` once beside what asks. */
export function useAsk(): { ask(about: Question): void; question: ReactNode } {
  const [about, setAbout] = useState<Question | null>(null);
  return { ask: setAbout, question: about !== null && <Ask about={about} onClose={() => setAbout(null)} /> };
}

function Ask({ about, onClose }: { about: Question; onClose(): void }) {
  const { title, text, action, danger = true, run } = about;
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
