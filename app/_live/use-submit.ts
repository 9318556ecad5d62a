"use client";
import { type FormEvent, useState } from "react";
import { ApiFailure } from "#app/_live/api.ts";

/** What is wrong by the name of its field; `""` for the whole form. */
export type Faults = Readonly<Record<string, string | undefined>>;

const NONE: Faults = {};

/**
 * Sends a form and keeps what the API found wrong with it, to be shown where it stands. `fields` are the form's; a fault
 * of anything else is told for the whole form.
 */
export function useSubmit(fields: readonly string[]) {
  const [faults, setFaults] = useState(NONE);
  const [busy, setBusy] = useState(false);
  const submit = (doIt: (form: FormData) => Promise<void>) => async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setBusy(true);
    setFaults(NONE);
    await doIt(form).catch((error: unknown) => setFaults(faultsOf(error, fields)));
    setBusy(false);
  };
  return { submit, busy, faults, setFaults };
}

function faultsOf(error: unknown, fields: readonly string[]): Faults {
  const details = error instanceof ApiFailure ? error.details : [];
  const found: Record<string, string> = {};
  for (const { field, problem, remedy } of details) {
    // `body.scopes[0]` is shown at `scopes`.
    const name = fields.find((one) => new RegExp(`(^|\\.)${one}(\\[|\\.|$)`).test(field));
    if (name !== undefined) found[name] ??= `${problem}. ${remedy}`;
  }
  if (Object.keys(found).length > 0) return found;
  // How an API client would prove it is no help to somebody who has just declined to.
  const declined = error instanceof ApiFailure && error.code === "reauthentication_required";
  const remedies = declined ? "" : details.map(({ remedy }) => remedy).join(" ");
  return { "": `${error instanceof Error ? error.message : "That did not work."} ${remedies}`.trim() };
}
