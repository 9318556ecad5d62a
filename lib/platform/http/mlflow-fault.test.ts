import { expect, test } from "vitest";
import {
  ConflictError,
  ForbiddenError,
  InvalidError,
  LimitExceededError,
  NotFoundError,
  PreconditionFailedError,
  UnauthenticatedError,
  UnavailableError,
} from "#lib/platform/errors.ts";
import { envelopeOf, faultOf } from "#lib/platform/http/envelope.ts";
import { missingParameter } from "#lib/platform/http/mlflow-fault.ts";

const answer = (thrown: unknown, path: string) => envelopeOf(faultOf(thrown), path, "req_12345678");
const bodyOf = (thrown: unknown, path: string) => JSON.parse(answer(thrown, path).body);

const PATHS = [
  "/api/2.0/mlflow/runs/get",
  "/ajax-api/2.0/mlflow/runs/get",
  "/ajax-api/elsewhere",
  "/api/2.0/mlflow-artifacts/artifacts",
  "/api/2.11/mlflow/metrics/get-history-bulk-interval",
  "/api/3.0/mlflow/server-info",
  "/v1/traces",
  "/get-artifact",
];
test.each(PATHS)("%s has the protocol's errors", (path) => {
  const unknown = bodyOf(new NotFoundError("GET x", { code: "no_such_route" }), path);
  expect(unknown.error_code).toBe("ENDPOINT_NOT_FOUND");
  expect(bodyOf(new NotFoundError("run"), path).error_code).toBe("RESOURCE_DOES_NOT_EXIST");
  expect(bodyOf(new ForbiddenError("no"), path)).toEqual({ error_code: "PERMISSION_DENIED", message: "no" });
});

test("what went wrong inside is not told", () => {
  const body = bodyOf(new Error("select secret from api_key"), "/api/2.0/mlflow/runs/get");
  expect(body.error_code).toBe("INTERNAL_ERROR");
  expect(body.message).not.toContain("secret");
});

test.each<[string, unknown, number, string]>([
  ["a taken name", new ConflictError("x", { code: "experiment_exists" }), 400, "RESOURCE_ALREADY_EXISTS"],
  ["a changed param", new ConflictError("x", { code: "param_changed" }), 400, "INVALID_PARAMETER_VALUE"],
  ["a deleted run", new ConflictError("x", { code: "run_deleted" }), 400, "INVALID_PARAMETER_VALUE"],
  ["another conflict", new ConflictError("x"), 409, "RESOURCE_CONFLICT"],
  ["a state that does not allow it", new PreconditionFailedError("x"), 400, "INVALID_STATE"],
  ["too large", new LimitExceededError("too_large", "x"), 400, "INVALID_PARAMETER_VALUE"],
  ["too often", new LimitExceededError("limit_exceeded", "x"), 429, "REQUEST_LIMIT_EXCEEDED"],
  ["nobody", new UnauthenticatedError("x"), 401, "UNAUTHENTICATED"],
  ["no database", new UnavailableError("x"), 503, "TEMPORARILY_UNAVAILABLE"],
  ["a fault of ours", new Error("x"), 500, "INTERNAL_ERROR"],
])("%s has the protocol's status and code", (_, thrown, status, errorCode) => {
  const told = answer(thrown, "/api/2.0/mlflow/runs/get");
  expect([told.status, JSON.parse(told.body).error_code]).toEqual([status, errorCode]);
});

test("what is missing is told in the protocol's words", () => {
  const details = [{ field: "run_id", problem: missingParameter("run_id"), remedy: "Send it." }];
  const { message } = bodyOf(new InvalidError("The body is not valid", { details }), "/api/2.0/mlflow/runs/get");
  expect(message).toMatch(/^Missing value for required parameter 'run_id'\. See the API docs/);
});

test.each(["/api/runs", "/api/2.01/x", "/v1/other", "/ajax-apix"])("%s has our own form", (path) => {
  expect(bodyOf(new NotFoundError("run"), path).error.requestId).toBe("req_12345678");
});
