import { notFound } from "next/navigation";
import { cache } from "react";
import { notFoundOnMissing } from "#app/_live/not-found.ts";
import { requireSession } from "#lib/auth/session.ts";
import { getVersion } from "#lib/registry/get-model.ts";
import { VersionParams } from "#lib/registry/schemas.ts";

/** The version of this address, or the 404 page. Read once a request. */
export const readVersion = cache(async (name: string, version: string) => {
  const params = VersionParams.safeParse({ name, version });
  if (!params.success) notFound();
  return getVersion(await requireSession(), params.data).catch(notFoundOnMissing);
});
