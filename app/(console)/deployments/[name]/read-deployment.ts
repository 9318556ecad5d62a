import { cache } from "react";
import { notFoundOnMissing } from "#app/_live/not-found.ts";
import { requireSession } from "#lib/auth/session.ts";
import { getDeployment } from "#lib/serving/index.ts";

/** The deployment of this address, or the 404 page. Read once a request. */
export const readDeployment = cache(async (params: { name: string }) =>
  getDeployment(await requireSession(), { name: decodeURIComponent(params.name) }).catch(notFoundOnMissing),
);
