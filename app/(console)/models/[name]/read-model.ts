import { cache } from "react";
import { notFoundOnMissing } from "#app/_live/not-found.ts";
import { requireSession } from "#lib/auth/session.ts";
import { getModel } from "#lib/registry/index.ts";

/** The model of this address, or the 404 page. Read once a request. */
export const readModel = cache(async (name: string) =>
  getModel(await requireSession(), { name }).catch(notFoundOnMissing),
);
