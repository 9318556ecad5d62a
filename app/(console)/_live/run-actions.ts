"use client";
import { z } from "zod";
import { act } from "#app/(console)/_live/act.ts";
import { call } from "#app/(console)/_live/api.ts";

interface Named {
  id: string;
  name: string;
}

const any = z.unknown();
const post = (run: Named, verb: string) => call("POST", `/api/runs/${run.id}/${verb}`, { reply: any });

/** What can be done to a run, each with its words. `after` runs when the server has agreed. */
export const runActions = {
  cancel: (run: Named, after: () => void) =>
    act(() => post(run, "cancel").then(after), { done: `${run.name}: cancelling` }),
  retry: (run: Named, after: () => void) =>
    act(() => post(run, "retry").then(after), { done: `${run.name}: queued again` }),
  restore: (run: Named, after: () => void) =>
    act(() => post(run, "restore").then(after), { done: `${run.name}: restored` }),
  remove: (run: Named, after: () => void) =>
    act(() => call("DELETE", `/api/runs/${run.id}`, { reply: any }).then(after), {
      done: `${run.name}: deleted`,
      undo: { label: "Undo", run: () => post(run, "restore").then(after) },
    }),
};
