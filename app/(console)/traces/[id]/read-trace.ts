import { cache } from "react";
import { notFoundOnMissing } from "#app/_live/not-found.ts";
import { requireSession } from "#lib/auth/session.ts";
import { getTraceView } from "#lib/tracking/traces/get-trace-view.ts";

/** The trace of this address, or the 404 page. Read once a request. */
export const readTrace = cache(async (id: string) =>
  getTraceView(await requireSession(), { id }).catch(notFoundOnMissing),
);
