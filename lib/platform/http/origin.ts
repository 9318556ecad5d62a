import { ForbiddenError } from "#lib/platform/errors.ts";

/**
 * A write that is authenticated by a cookie has to come from our own pages: a page of another site (or port) may make
 * the browser send the cookie, but cannot forge these headers.
 *
 * @throws ForbiddenError
 */
export function requireOwnOrigin(headers: Headers, publicUrl: string | undefined): void {
  const site = headers.get("sec-fetch-site");
  if (site === "same-origin") {
    return;
  }
  const origin = headers.get("origin");
  const own = origin !== null && (hostOf(origin) === headers.get("host") || origin === originOf(publicUrl));
  if (!own) {
    throw new ForbiddenError("A signed-in browser may write only from Assay's own pages.", {
      code: "foreign_origin",
      details: [
        {
          field: "Origin",
          problem: origin ?? "absent",
          remedy: "Programs send an API key as Authorization: Bearer, and no cookie.",
        },
      ],
    });
  }
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}

function originOf(url: string | undefined): string | undefined {
  return url === undefined ? undefined : new URL(url).origin;
}
