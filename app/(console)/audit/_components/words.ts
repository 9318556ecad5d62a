import type { Filter } from "#app/(console)/audit/search.ts";

export const LEAD =
  "What was done here, by whom, from where: every event follows from the one before and cannot be changed.";

export const FILTER_WORDS: Record<Filter, string> = {
  q: "Text",
  actor: "Actor",
  action: "Action",
  subject: "Subject",
  from: "From",
  to: "Until",
  requestId: "Request",
  ip: "Address",
};

/** Starts of actions that people look for. */
export const ACTION_GROUPS: readonly (readonly [prefix: string, words: string])[] = [
  ["version.", "Versions"],
  ["version.promote", "Moves into Production"],
  ["model.", "Models and aliases"],
  ["card.", "Model cards"],
  ["approval.", "Approvals"],
  ["policy.", "Policies"],
  ["training.", "Training"],
  ["run.", "Runs"],
  ["dataset.", "Datasets"],
  ["membership.", "Members"],
  ["api_key.", "Keys"],
  ["user.", "People"],
  ["session.", "Sessions"],
  ["second_factor.", "Second factors"],
  ["project.", "Projects"],
  ["audit.", "The record itself"],
];

/** `2026-11-23 18:50:04` of an ISO moment, UTC. */
export function moment(iso: string): string {
  return iso.slice(0, 19).replace("T", " ");
}

/** Where a subject has a page: `version:digits/3` leads to that version. */
export function subjectHref(subject: string): string | null {
  const at = subject.indexOf(":");
  const [kind, id] = [subject.slice(0, at), subject.slice(at + 1)];
  switch (kind) {
    case "version": {
      const [, model, version] = /^(.+)\/(\d+)$/.exec(id) ?? [];
      return model === undefined ? null : `/models/${encodeURIComponent(model)}/versions/${version}`;
    }
    case "model":
      return `/models/${encodeURIComponent(id)}`;
    case "run":
      return `/runs/${encodeURIComponent(id)}`;
    case "approval":
      return `/approvals/${encodeURIComponent(id)}`;
    default:
      return null;
  }
}
