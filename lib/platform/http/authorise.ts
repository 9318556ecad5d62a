import { ForbiddenError, UnauthenticatedError } from "#lib/platform/errors.ts";
import type { Authenticated, HttpHost } from "#lib/platform/http/host.ts";
import type { RouteAuth } from "#lib/platform/http/route.ts";

const FORWARDED = ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip", "via"];

/**
 * Decides by the route's declaration alone, before anything of the request is read but its headers.
 *
 * @throws UnauthenticatedError | ForbiddenError
 */
export function authorise(host: HttpHost, auth: RouteAuth, who: Authenticated, headers: Headers): void {
  const { actor } = who;
  const known = actor.type !== "anonymous";
  switch (auth) {
    case "public":
      return;
    case "predict":
      if (!known && !host.env.ASSAY_PUBLIC_PREDICT) throw new UnauthenticatedError();
      return;
    case "metrics":
      if (known || (host.boundToLoopback && !FORWARDED.some((name) => headers.has(name)))) return;
      throw new UnauthenticatedError();
    case "signed-in":
      if (!known) throw new UnauthenticatedError();
      return;
    default:
      if (actor.scopes.includes(auth) || (auth !== "instance" && actor.scopes.includes("admin"))) return;
      if (!known) throw new UnauthenticatedError();
      if (who.passwordDue === true) {
        throw new ForbiddenError("Change the first password before anything else.", {
          code: "password_change_due",
          details: [{ field: "password", problem: "still the first one", remedy: "Open /change-password." }],
        });
      }
      throw new ForbiddenError(`This needs the scope ${auth}.`, {
        details: [
          { field: "scope", problem: `${auth} is missing`, remedy: "Ask an admin for a key or role that has it." },
        ],
      });
  }
}
