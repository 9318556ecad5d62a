import type { Actor } from "#lib/platform/ctx.ts";
import { actorName } from "#lib/platform/ctx.ts";
import type { StickyBy } from "#lib/serving/traffic/schemas.ts";

/** Who asks, as far as routing cares. */
export interface Caller {
  actor: Actor;
  requestId: string;
  /** Absent: nothing but the actor tells callers apart. */
  headers?: Headers;
}

/** By what a caller keeps to a version, and its value. */
export interface Unit {
  by: StickyBy;
  value: string;
}

/** Names the unit: a user, a session, whatever is to keep its version. */
const UNIT_HEADER = "x-assay-unit";
const UNIT_COOKIE = /(?:^|;\s*)assay_unit=([^;\s]{1,256})/;
const LONGEST = 256;

/** What the caller names, else its cookie, else who it is; an unknown one keeps to nothing. */
export function unitOf({ actor, requestId, headers }: Caller): Unit {
  const named = headers?.get(UNIT_HEADER);
  if (named) return { by: "header", value: named.slice(0, LONGEST) };
  const cookie = UNIT_COOKIE.exec(headers?.get("cookie") ?? "")?.[1];
  if (cookie !== undefined) return { by: "cookie", value: cookie };
  if (actor.type !== "anonymous") return { by: "caller", value: actorName(actor) };
  return { by: "request", value: requestId };
}
