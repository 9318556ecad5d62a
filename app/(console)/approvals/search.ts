import { createLoader, parseAsString, parseAsStringLiteral } from "nuqs/server";
import type { z } from "zod";
import { ListQuery } from "#lib/approvals/schemas.ts";
import { OPEN_STATES, REQUEST_STATES } from "#lib/approvals/status.ts";

/** The lists of the inbox. `waiting`: the caller may review and has not; `due`: break-glass that nobody has looked at. */
export const VIEWS = ["waiting", "due", "mine", "open", "decided", "all"] as const;
export type View = (typeof VIEWS)[number];

/** The inbox's view, all of it in the address. */
export const inboxSearch = {
  view: parseAsStringLiteral(VIEWS).withDefault("waiting"),
  model: parseAsString.withDefault(""),
  state: parseAsStringLiteral(REQUEST_STATES),
  cursor: parseAsString.withDefault(""),
};

export const loadInboxSearch = createLoader(inboxSearch);
export type InboxSearch = Awaited<ReturnType<typeof loadInboxSearch>>;

const DECIDED = REQUEST_STATES.filter((state) => !OPEN_STATES.some((open) => open === state));

/** What a view shows, as the list's query. */
export function viewQuery(view: View): z.input<typeof ListQuery> {
  switch (view) {
    case "waiting":
      return { waiting: "true" };
    case "due":
      return { due: "true" };
    case "mine":
      return { mine: "true" };
    case "open":
      return { state: OPEN_STATES.join(",") };
    case "decided":
      return { state: DECIDED.join(",") };
    case "all":
      return {};
  }
}

/** What the address asks for, or the view's beginning where the address does not make sense. */
export function toListQuery(search: InboxSearch): z.infer<typeof ListQuery> {
  const { view, model, state, cursor } = search;
  const base = viewQuery(view);
  const parsed = ListQuery.safeParse({
    ...base,
    ...(state !== null && { state }),
    ...(model !== "" && { model }),
    ...(cursor !== "" && { cursor }),
  });
  return parsed.success ? parsed.data : ListQuery.parse(base);
}
