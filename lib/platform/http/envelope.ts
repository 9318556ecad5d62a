import { z } from "@hono/zod-openapi";
import { type AppError, type ErrorDetail, httpStatusOf, isAppError, UnavailableError } from "#lib/platform/errors.ts";
import { isMlflowPath, mlflowFault } from "#lib/platform/http/mlflow-fault.ts";

/** The one form of an error on the wire. */
export const ErrorEnvelope = z
  .object({
    error: z.object({
      code: z.string().meta({ description: "Stable, for programs.", example: "not_found" }),
      message: z.string().meta({ description: "For people.", example: "The run was not found." }),
      details: z.array(z.object({ field: z.string(), problem: z.string(), remedy: z.string() })).optional(),
      requestId: z.string(),
    }),
  })
  .meta({ id: "Error" });

export interface Fault {
  status: number;
  code: string;
  message: string;
  details: ErrorDetail[] | undefined;
  retryAfterSeconds: number | undefined;
  /** Ours, not the caller's: it goes to the log with its stack. */
  internal: boolean;
}

/** An error as clients of the Open Inference Protocol read it. */
export const InferenceErrorEnvelope = z
  .object({ error: z.string().meta({ description: "For people." }) })
  .meta({ id: "V2Error" });

/** What was thrown, as the caller may see it. The only place where errors meet HTTP. */
export function faultOf(thrown: unknown): Fault {
  const error = isAppError(thrown) ? thrown : lostConnection(thrown);
  if (error === undefined) {
    return {
      status: 500,
      code: "internal",
      message: "Something went wrong on this side. The server's log has the cause under this request id.",
      details: undefined,
      retryAfterSeconds: undefined,
      internal: true,
    };
  }
  const { code, message, details, retryAfterSeconds } = error;
  return { status: httpStatusOf(error.kind), code, message, details, retryAfterSeconds, internal: error !== thrown };
}

/** Whether a path belongs to the Open Inference Protocol. */
export function isInferencePath(path: string): boolean {
  return path.startsWith("/v2/") || path === "/v2";
}

/** Status and body of a fault. Protocols that are not ours have their own form. */
export function envelopeOf(fault: Fault, path: string, requestId: string): { status: number; body: string } {
  const { status, code, message, details } = fault;
  if (isInferencePath(path)) {
    return { status, body: JSON.stringify({ error: message }) };
  }
  if (isMlflowPath(path)) return mlflowFault(fault);
  return { status, body: JSON.stringify({ error: { code, message, ...(details && { details }), requestId } }) };
}

const LOST = new Set([
  ...["ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "ENOTFOUND", "EPIPE"],
  // Postgres: shutting down, starting up, too many connections; Prisma: unreachable, timed out, closed, pool timeout.
  ...["57P01", "57P02", "57P03", "53300", "08000", "08003", "08006", "08001"],
  ...["P1001", "P1002", "P1008", "P1017", "P2024", "P2028"],
]);

function lostConnection(thrown: unknown): AppError | undefined {
  for (let error = thrown, depth = 0; error instanceof Error && depth < 4; error = error.cause, depth += 1) {
    const code = "code" in error ? String(error.code) : "";
    if (LOST.has(code) || /Connection terminated|timeout exceeded when trying to connect/.test(error.message)) {
      return new UnavailableError("The database does not answer at the moment. Try again shortly.", {
        code: "database_unavailable",
        retryAfterSeconds: 2,
        cause: thrown,
      });
    }
  }
  return undefined;
}
