"use client";
import { type ReactNode, useRef, useState } from "react";
import { ApiFailure } from "#app/_live/api.ts";
import { ProofDialog, type Wanted } from "#app/_live/proof-dialog.tsx";

/** What the API says when a session alone is not enough for an act. */
const WANTED: Record<string, Wanted> = {
  reauthentication_required: "password",
  second_factor_required: "code",
};

/**
 * For acts that want a fresh proof of who one is: `withProof(act)` does it, asks for password or code when the API demands
 * them, and does it once more. Giving up rejects. Render `proof` once beside the act's button.
 */
export function useProof(): { withProof<T>(act: () => Promise<T>): Promise<T>; proof: ReactNode } {
  const [wanted, setWanted] = useState<Wanted | null>(null);
  const settle = useRef<(proved: boolean) => void>(() => undefined);

  const ask = (what: Wanted) =>
    new Promise<boolean>((resolve) => {
      settle.current = resolve;
      setWanted(what);
    });
  const done = (proved: boolean) => {
    setWanted(null);
    settle.current(proved);
  };

  async function withProof<T>(act: () => Promise<T>): Promise<T> {
    const proved = new Set<Wanted>();
    for (;;) {
      try {
        return await act();
      } catch (error) {
        const what = error instanceof ApiFailure ? WANTED[error.code] : undefined;
        // Asked for the same again: the answer did not help, so the refusal is told.
        if (what === undefined || proved.has(what)) throw error;
        if (!(await ask(what))) {
          throw new ApiFailure("Nothing was done: this needs a proof of who you are.", { code: "proof_missing" });
        }
        proved.add(what);
      }
    }
  }

  return { withProof, proof: wanted === null ? null : <ProofDialog key={wanted} wanted={wanted} onDone={done} /> };
}
