import type { Actor } from "#lib/platform/ctx.ts";
import type { ServerEnv } from "#lib/platform/env.ts";
import { isLoopbackAddress } from "#lib/platform/http/address.ts";
import { type Cors, createCors } from "#lib/platform/http/cors.ts";
import { createHostAllowlist } from "#lib/platform/http/host-allowlist.ts";
import { Histogram } from "#lib/platform/metrics.ts";
import type { RateLimiter } from "#lib/platform/rate-limit.ts";
import { rateLimiter } from "#lib/platform/rate-limit-redis.ts";
import type { Runtime } from "#lib/platform/runtime.ts";

/** Who a request is from, and how that was told. */
export interface Authenticated {
  actor: Actor;
  projectId: string;
  via: "none" | "key" | "session";
  /** A first password is still in use: until it is changed there is no scope. */
  passwordDue?: boolean;
  /** A key's own limit. */
  perSecond?: number;
}

/** What the HTTP layer needs of the rooms above it. */
export interface MountOptions {
  runtime: Runtime;
  /** Every scope that there is: a route that asks for another one is not mounted. */
  scopes: readonly string[];
  /**
   * @param projectInQuery what `?project=` says
   * @throws UnauthenticatedError credentials were sent, but do not hold
   * @throws NotFoundError        a project is named that is not the caller's
   */
  authenticate(headers: Headers, projectInQuery?: string): Authenticated | Promise<Authenticated>;
  /** Keeps record of a refusal; must not throw. */
  recordDenied(attempt: DeniedAttempt): void;
}

export interface DeniedAttempt {
  actor: Actor;
  ip: string | undefined;
  /** Such as `POST /api/keys`. */
  action: string;
  reason: string;
  requestId: string;
}

/** What every request of this process passes by: made once per process, whichever host asks first. */
export interface HttpHost extends MountOptions {
  env: ServerEnv;
  production: boolean;
  cors: Cors;
  allowsHost: (host: string | null | undefined) => boolean;
  limiter: RateLimiter;
  latency: Histogram;
  /** Only this machine can reach the port. */
  boundToLoopback: boolean;
}

export function createHttpHost(options: MountOptions): HttpHost {
  const { runtime } = options;
  const env = serverEnvOf(runtime);
  const limiter = rateLimiter(runtime, "http.limiter", {
    perSecond: env.ASSAY_RATE_LIMIT,
    burst: env.ASSAY_RATE_BURST,
  });
  const metrics = runtime.singleton("http.metrics", () => ({
    latency: new Histogram({
      name: "http_request_duration_seconds",
      help: "Time from the request's arrival at the API to its reply, by route and class of status",
      labelNames: ["route", "status"],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers: [runtime.metrics],
    }),
  }));
  return {
    ...options,
    ...metrics,
    env,
    limiter,
    production: env.NODE_ENV === "production",
    cors: createCors(env.ASSAY_CORS_ORIGINS.split(",")),
    allowsHost: hostAllowlistOf(env),
    boundToLoopback: isLoopbackAddress(env.HOST),
  };
}

/** The names that a server answers to: its own, the public one, and those of ASSAY_ALLOWED_HOSTS. */
export function hostAllowlistOf(env: ServerEnv): (host: string | null | undefined) => boolean {
  const publicName = env.ASSAY_PUBLIC_URL === undefined ? [] : [new URL(env.ASSAY_PUBLIC_URL).hostname];
  return createHostAllowlist([env.HOST, ...publicName, ...env.ASSAY_ALLOWED_HOSTS.split(",")]);
}

/** @throws Error in a process that is not a server */
export function serverEnvOf(runtime: Runtime): ServerEnv {
  if (!("ASSAY_SECRET" in runtime.env)) {
    throw new Error("this process has no server environment");
  }
  return runtime.env;
}
