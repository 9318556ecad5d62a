"use client";
import { z } from "zod";
import { act } from "#app/_live/act.ts";
import { call } from "#app/_live/api.ts";

interface Named {
  id: string;
  name: string;
}

const any = z.unknown();
/** Restoring belongs to every run; cancelling and retrying to those that a worker trains. */
const PATHS = { restore: "/api/runs", cancel: "/api/training/runs", retry: "/api/training/runs" } as const;

export const runPost = (run: { id: string }, verb: keyof typeof PATHS) =>
  call("POST", `${PATHS[verb]}/${run.id}/${verb}`, { reply: any });
export const runDelete = (run: { id: string }) => call("DELETE", `/api/runs/${run.id}`, { reply: any });

/** What can be done to a run, each with its words. `after` runs when the server has agreed. */
export const runActions = {
  cancel: (run: Named, after: () => void) =>
    act(() => runPost(run, "cancel").then(after), { done: `${run.name}: cancelling` }),
  retry: (run: Named, after: () => void) =>
    act(() => runPost(run, "retry").then(after), { done: `${run.name}: queued again` }),
  restore: (run: Named, after: () => void) =>
    act(() => runPost(run, "restore").then(after), { done: `${run.name}: restored` }),
  remove: (run: Named, after: () => void) =>
    act(() => runDelete(run).then(after), {
      done: `${run.name}: deleted`,
      undo: { label: "Undo", run: () => runPost(run, "restore").then(after) },
    }),
};
