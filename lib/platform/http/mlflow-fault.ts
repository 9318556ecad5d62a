const CODES: Record<number, string> = {
  400: "INVALID_PARAMETER_VALUE",
  401: "UNAUTHENTICATED",
  403: "PERMISSION_DENIED",
  404: "RESOURCE_DOES_NOT_EXIST",
  405: "BAD_REQUEST",
  409: "RESOURCE_CONFLICT",
  413: "INVALID_PARAMETER_VALUE",
  422: "INVALID_PARAMETER_VALUE",
  429: "REQUEST_LIMIT_EXCEEDED",
  503: "TEMPORARILY_UNAVAILABLE",
};

/** Whether a path belongs to MLflow's protocol, whose clients read errors in a form of their own. */
export function isMlflowPath(path: string): boolean {
  return /^\/(ajax-)?api\/2\.0(\/|$)/.test(path);
}

/** The body of a fault as MLflow's clients read it. They decide by `error_code`, not by the status alone. */
export function mlflowFault(fault: { status: number; code: string; message: string }): string {
  const known = CODES[fault.status] ?? "INTERNAL_ERROR";
  const errorCode = fault.code === "no_such_route" ? "ENDPOINT_NOT_FOUND" : known;
  return JSON.stringify({ error_code: errorCode, message: fault.message });
}
