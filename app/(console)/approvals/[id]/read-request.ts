import { cache } from "react";
import { notFoundOnMissing } from "#app/_live/not-found.ts";
import { getRequest } from "#lib/approvals/index.ts";
import { requireSession } from "#lib/auth/session.ts";

/** The approval request of this address, or the 404 page. Read once a page request. */
export const readRequest = cache(async (id: string) =>
  getRequest(await requireSession(), { id }).catch(notFoundOnMissing),
);
