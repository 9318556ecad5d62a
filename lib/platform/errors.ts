/** One fault of an input, told so that the sender can mend it. */
export interface ErrorDetail {
  /** Path of the field, such as `pixels[3]`, or `body`. */
  field: string;
  problem: string;
  remedy: string;
}

export type ErrorKind =
  | "invalid"
  | "unauthenticated"
  | "forbidden"
  | "not_found"
  | "method_not_allowed"
  | "conflict"
  | "precondition_failed"
  | "too_large"
  | "unsupported_type"
  | "limit_exceeded"
  | "unavailable";

export interface AppErrorOptions {
  /** Stable code for programs; the kind when absent. */
  code?: string;
  details?: ErrorDetail[];
  /** Seconds until a retry makes sense; becomes Retry-After. */
  retryAfterSeconds?: number;
  cause?: unknown;
}

/**
 * The base of every error that a caller may see. Next bundles `lib/` apart from `server/`, so errors are recognised by
 * `kind` (see {@link isAppError}), never by `instanceof`.
 */
export class AppError extends Error {
  readonly kind: ErrorKind;
  readonly code: string;
  readonly details: ErrorDetail[] | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(kind: ErrorKind, message: string, options: AppErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.kind = kind;
    this.code = options.code ?? kind;
    this.details = options.details;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

/** 400: the input itself is wrong. */
export class InvalidError extends AppError {
  constructor(message: string, options?: AppErrorOptions) {
    super("invalid", message, options);
  }
}

/** 401: no credentials, or none that hold. */
export class UnauthenticatedError extends AppError {
  constructor(message = "Sign in, or send an API key as `Authorization: Bearer <key>`.", options?: AppErrorOptions) {
    super("unauthenticated", message, options);
  }
}

/** 403: known, but not allowed. */
export class ForbiddenError extends AppError {
  constructor(message: string, options?: AppErrorOptions) {
    super("forbidden", message, options);
  }
}

/** 404: not there, or not the caller's to know about. */
export class NotFoundError extends AppError {
  constructor(what: string, options?: AppErrorOptions) {
    super("not_found", `${what} was not found.`, options);
  }
}

/** 409: clashes with the present state. */
export class ConflictError extends AppError {
  constructor(message: string, options?: AppErrorOptions) {
    super("conflict", message, options);
  }
}

/** 412: a condition for this act does not hold. */
export class PreconditionFailedError extends AppError {
  constructor(message: string, options?: AppErrorOptions) {
    super("precondition_failed", message, options);
  }
}

/** 413 for size, 429 for rate. */
export class LimitExceededError extends AppError {
  constructor(kind: "too_large" | "limit_exceeded", message: string, options?: AppErrorOptions) {
    super(kind, message, options);
  }
}

/** 415: a media type that is not taken here. */
export class UnsupportedTypeError extends AppError {
  constructor(message: string, options?: AppErrorOptions) {
    super("unsupported_type", message, options);
  }
}

/** 503: a part that is needed is not there now. */
export class UnavailableError extends AppError {
  constructor(message: string, options?: AppErrorOptions) {
    super("unavailable", message, options);
  }
}

/** Recognises an {@link AppError} of any bundle by its shape. */
export function isAppError(error: unknown): error is AppError {
  return (
    error instanceof Error && "kind" in error && "code" in error && typeof error.kind === "string" && error.kind in HTTP
  );
}

const HTTP: Record<ErrorKind, number> = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  method_not_allowed: 405,
  conflict: 409,
  precondition_failed: 412,
  too_large: 413,
  unsupported_type: 415,
  limit_exceeded: 429,
  unavailable: 503,
};

/** The HTTP status of a kind: the only place where the two meet. */
export function httpStatusOf(kind: ErrorKind): number {
  return HTTP[kind];
}

/** The message of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
