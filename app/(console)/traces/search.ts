import { createLoader, parseAsString, parseAsStringLiteral } from "nuqs/server";

export const SHOWN_STATES = ["OK", "ERROR", "IN_PROGRESS"] as const;

/** The view of the list of traces, all of it in the address. */
export const tracesSearch = {
  /** A filter of MLflow's, or a part of a name, or an id. */
  q: parseAsString.withDefault(""),
  state: parseAsStringLiteral(["", ...SHOWN_STATES]).withDefault(""),
  /** An experiment's id; empty: all. */
  experiment: parseAsString.withDefault(""),
  /** A run's id; empty: whether in a run or not. */
  run: parseAsString.withDefault(""),
  cursor: parseAsString.withDefault(""),
};

export const loadTracesSearch = createLoader(tracesSearch);
export type TracesSearch = Awaited<ReturnType<typeof loadTracesSearch>>;

/** All that narrows the list down taken away. */
export const NO_FILTERS = { q: null, state: null, experiment: null, run: null, cursor: null };

/** What the address asks for; an experiment's id that cannot be one is left out. */
export function toTraceQuery({ q, state, experiment, run, cursor }: TracesSearch) {
  return {
    q: q.trim() || undefined,
    state: state === "" ? undefined : state,
    experimentId: /^[0-9]{1,18}$/.test(experiment) ? experiment : undefined,
    runId: run || undefined,
    cursor: cursor || undefined,
  };
}
