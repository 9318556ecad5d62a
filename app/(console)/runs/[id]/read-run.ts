import { cache } from "react";
import { notFoundOnMissing } from "#app/_live/not-found.ts";
import { requireSession } from "#lib/auth/session.ts";
import { getTrainedRun } from "#lib/training/index.ts";

/** The run of this address, or the 404 page. Read once a request. */
export const readRun = cache(async (id: string) =>
  getTrainedRun(await requireSession(), { id }).catch(notFoundOnMissing),
);
