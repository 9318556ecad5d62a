import { z } from "@hono/zod-openapi";
import type { ErrorDetail } from "#lib/platform/errors.ts";

/** An error as MLflow's clients read it. */
export const MlflowErrorEnvelope = z
  .object({
    error_code: z.string().meta({ description: "Stable, for programs.", example: "RESOURCE_DOES_NOT_EXIST" }),
    message: z.string().meta({ description: "For people.", example: "The run was not found." }),
  })
  .meta({ id: "MlflowError" });

interface Told {
  status: number;
  code: string;
  message: string;
  details?: ErrorDetail[] | undefined;
}

/** What a client of the protocol gets: it decides by `error_code`, and tries again on 408, 429 and 5xx. */
interface WireFault {
  status: number;
  errorCode: string;
}

const BY_STATUS: Record<number, WireFault> = {
  400: { status: 400, errorCode: "INVALID_PARAMETER_VALUE" },
  401: { status: 401, errorCode: "UNAUTHENTICATED" },
  403: { status: 403, errorCode: "PERMISSION_DENIED" },
  404: { status: 404, errorCode: "RESOURCE_DOES_NOT_EXIST" },
  405: { status: 405, errorCode: "BAD_REQUEST" },
  409: { status: 409, errorCode: "RESOURCE_CONFLICT" },
  412: { status: 400, errorCode: "INVALID_STATE" },
  413: { status: 400, errorCode: "INVALID_PARAMETER_VALUE" },
  415: { status: 400, errorCode: "INVALID_PARAMETER_VALUE" },
  422: { status: 400, errorCode: "INVALID_PARAMETER_VALUE" },
  429: { status: 429, errorCode: "REQUEST_LIMIT_EXCEEDED" },
  503: { status: 503, errorCode: "TEMPORARILY_UNAVAILABLE" },
};

/** Conflicts of ours that the protocol knows as faults of the input. */
const BY_CODE: Record<string, WireFault> = {
  no_such_route: { status: 404, errorCode: "ENDPOINT_NOT_FOUND" },
  param_changed: { status: 400, errorCode: "INVALID_PARAMETER_VALUE" },
  run_deleted: { status: 400, errorCode: "INVALID_PARAMETER_VALUE" },
  experiment_deleted: { status: 400, errorCode: "INVALID_PARAMETER_VALUE" },
};
const DUPLICATE: WireFault = { status: 400, errorCode: "RESOURCE_ALREADY_EXISTS" };
const INTERNAL: WireFault = { status: 500, errorCode: "INTERNAL_ERROR" };

/** Whether a path belongs to MLflow's protocol, whose clients read errors in a form of their own. */
export function isMlflowPath(path: string): boolean {
  return /^\/((ajax-)?api\/(2\.0|2\.11|3\.0)|ajax-api|v1\/traces|get-artifact)(\/|$)/.test(path);
}

/**
 * A fault as MLflow's clients read it. The status may differ from ours: a taken name (a code that ends in `_exists`) is
 * 400 there, as is a body that is too large.
 */
export function mlflowFault(fault: Told): { status: number; body: string } {
  const wire = fault.code.endsWith("_exists") ? DUPLICATE : (BY_CODE[fault.code] ?? BY_STATUS[fault.status]);
  const { status, errorCode } = wire ?? INTERNAL;
  return { status, body: JSON.stringify({ error_code: errorCode, message: messageOf(fault) }) };
}

/** What is missing is told in the protocol's words, which start the message; what needs an approval, with the way to it. */
function messageOf(fault: Told): string {
  const problem = fault.details?.[0]?.problem;
  if (problem?.startsWith(MISSING)) return `${problem} ${SEE_DOCS}`;
  const remedy = fault.code === "approval_required" ? fault.details?.[0]?.remedy : undefined;
  return remedy === undefined ? fault.message : `${fault.message} ${remedy}`;
}

const MISSING = "Missing value for required parameter";
const SEE_DOCS = "See the API docs for more information about request parameters.";

/** For schemas of the protocol: what they say of a field that is absent or empty. */
export function missingParameter(name: string): string {
  return `${MISSING} '${name}'.`;
}
