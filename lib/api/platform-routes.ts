import { z } from "@hono/zod-openapi";
import { hasScope } from "#lib/auth/scopes.ts";
import { readiness } from "#lib/platform/http/health.ts";
import { makeResponse } from "#lib/platform/http/reply.ts";
import { type Route, route } from "#lib/platform/http/route.ts";
import type { Registry } from "#lib/platform/metrics.ts";
import { getRuntime } from "#lib/platform/runtime.ts";
import packageJson from "../../package.json" with { type: "json" };

const Live = z.object({ status: z.literal("ok"), uptimeSeconds: z.number() }).meta({ id: "Live" });
const Ready = z
  .object({
    status: z.enum(["ready", "not_ready"]),
    checks: z.record(
      z.string(),
      z.object({ state: z.enum(["ok", "failing"]), detail: z.string(), latencyMs: z.number() }),
    ),
  })
  .meta({ id: "Ready" });
const Version = z
  .object({
    name: z.literal("assay"),
    version: z.string(),
    node: z.string(),
    mlflow: z.string().meta({ description: "The version of MLflow whose protocol is spoken." }),
  })
  .meta({ id: "Version" });
/** MLflow's clients leave out what a server of this version would not know. */
const MLFLOW_VERSION = "3.17.2";

const JSON_HEADERS = { "Content-Type": "application/json; charset=utf-8" };
const tag = "Platform";

function live(): z.infer<typeof Live> {
  const uptimeMs = Date.now() - getRuntime().startedAt.getTime();
  return { status: "ok", uptimeSeconds: Math.round(uptimeMs / 100) / 10 };
}

/** The process counts for every project: a caller of one learns of no other's models. */
async function withoutModels(metrics: Registry): Promise<string> {
  const all = await metrics.getMetricsAsJSON();
  const nameless = all.filter(
    ({ values }) => !values.some(({ labels }) => "model" in labels || "model_name" in labels),
  );
  const texts = await Promise.all(nameless.map(({ name }) => metrics.getSingleMetricAsString(name)));
  return `${texts.join("\n\n")}\n`;
}

/** Health, version and metrics. */
export const platformRoutes: Route[] = [
  route({
    method: "get",
    path: "/health",
    summary: "Whether the process serves",
    description: "The text OK, or JSON where `Accept` asks for it.",
    tag,
    auth: "public",
    response: Live,
    produces: "text/plain",
    handle: ({ request }) =>
      request.headers.get("accept")?.includes("application/json")
        ? live()
        : makeResponse("OK", 200, { "Content-Type": "text/plain; charset=utf-8" }),
  }),
  route({
    method: "get",
    path: "/health/live",
    summary: "Whether the process serves, as JSON",
    tag,
    auth: "public",
    response: Live,
    handle: live,
  }),
  route({
    method: "get",
    path: "/health/ready",
    summary: "Whether every part can do its work",
    description: "503 with the same JSON when one cannot.",
    tag,
    auth: "public",
    response: Ready,
    alsoStatus: 503,
    handle: async () => {
      const result = await readiness(getRuntime());
      return makeResponse(JSON.stringify(result), result.status === "ready" ? 200 : 503, { ...JSON_HEADERS });
    },
  }),
  route({
    method: "get",
    path: "/version",
    summary: "Which version runs",
    description: "As text the version of MLflow whose protocol is spoken; JSON where `Accept` asks for it.",
    tag,
    auth: "public",
    response: Version,
    produces: "text/plain",
    handle: ({ request }) =>
      request.headers.get("accept")?.includes("application/json")
        ? {
            name: "assay" as const,
            version: packageJson.version,
            node: process.version,
            mlflow: MLFLOW_VERSION,
          }
        : makeResponse(MLFLOW_VERSION, 200, { "Content-Type": "text/plain; charset=utf-8" }),
  }),
  route({
    method: "get",
    path: "/metrics",
    summary: "Measurements for Prometheus",
    description:
      "Open on a server that is bound to loopback and asked directly; elsewhere with a key. What names models is for keys with the scope instance.",
    tag,
    auth: "metrics",
    produces: "text/plain",
    handle: async ({ ctx }) => {
      const { metrics } = getRuntime();
      const seesAll = ctx.actor.type === "anonymous" || hasScope(ctx.actor.scopes, "instance");
      const text = seesAll ? await metrics.metrics() : await withoutModels(metrics);
      return makeResponse(text, 200, { "Content-Type": metrics.contentType });
    },
  }),
];
