import { expect, test } from "vitest";
import { ForbiddenError, NotFoundError } from "#lib/platform/errors.ts";
import { envelopeOf, faultOf } from "#lib/platform/http/envelope.ts";

const bodyOf = (thrown: unknown, path: string) => JSON.parse(envelopeOf(faultOf(thrown), path, "req_12345678"));

test.each(["/api/2.0/mlflow/runs/get", "/ajax-api/2.0/mlflow/runs/get"])("%s has the protocol's errors", (path) => {
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

test.each(["/api/runs", "/api/2.01/x"])("%s has our own form", (path) => {
  expect(bodyOf(new NotFoundError("run"), path).error.requestId).toBe("req_12345678");
});
