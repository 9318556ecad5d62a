"use client";
import { useEffect, useState } from "react";
import { checkPolicy } from "#app/(console)/settings/policies/_components/calls.ts";
import { type EligibleSet, PolicyInput } from "#lib/approvals/schemas.ts";

export type Check =
  | { state: "checking"; last: EligibleSet | null }
  | { state: "done"; last: EligibleSet }
  | { state: "failed"; last: EligibleSet | null; message: string };

const PAUSE_MS = 350;

/** Asks the server, a moment after the last key, who could approve under what is written. `input` null: not complete. */
export function usePolicyCheck(input: PolicyInput | null): Check {
  const [check, setCheck] = useState<Check>({ state: "checking", last: null });
  const text = input === null ? null : JSON.stringify(input);
  useEffect(() => {
    if (text === null) return undefined;
    const stop = new AbortController();
    setCheck(({ last }) => ({ state: "checking", last }));
    const timer = setTimeout(() => {
      checkPolicy(PolicyInput.parse(JSON.parse(text)), stop.signal).then(
        (last) => setCheck({ state: "done", last }),
        (error) => {
          if (stop.signal.aborted) return;
          const message = error instanceof Error ? error.message : "It could not be checked.";
          setCheck(({ last }) => ({ state: "failed", last, message }));
        },
      );
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [text]);
  return check;
}
