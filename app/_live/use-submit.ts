"use client";
import { type FormEvent, useState } from "react";
import { type Faults, fieldsOfFailure } from "#app/_live/fields-of-failure.ts";

const NONE: Faults = {};

/** Sends a form and keeps what the API found wrong with it, to be shown where it stands. `fields` are the form's. */
export function useSubmit(fields: readonly string[]) {
  const [faults, setFaults] = useState(NONE);
  const [busy, setBusy] = useState(false);
  const submit = (doIt: (form: FormData) => Promise<void>) => async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setBusy(true);
    setFaults(NONE);
    await doIt(form).catch((error: unknown) => setFaults(fieldsOfFailure(error, fields)));
    setBusy(false);
  };
  return { submit, busy, faults, setFaults };
}
