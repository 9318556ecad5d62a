import { z } from "zod";
import { type Route, route } from "#lib/platform/http/route.ts";

/** What the client asks before it chooses a way to transfer artifacts. */
const ServerInfo = z.object({
  store_type: z.literal("SqlStore"),
  workspaces_enabled: z.boolean(),
  trace_archival_enabled: z.boolean(),
  multipart_uploads_enabled: z.boolean(),
  multipart_downloads_enabled: z.boolean(),
  presigned_upload_run_id_supported: z.boolean(),
  presigned_upload_model_id_supported: z.boolean(),
  features_enabled: z.record(z.string(), z.boolean()),
});

export const probeRoutes: Route[] = [
  route({
    method: "get",
    path: "/api/3.0/mlflow/server-info",
    summary: "What this server can do",
    tag: "MLflow: server",
    auth: "signed-in",
    response: ServerInfo,
    handle: () => ({
      store_type: "SqlStore" as const,
      workspaces_enabled: false,
      trace_archival_enabled: false,
      multipart_uploads_enabled: true,
      multipart_downloads_enabled: false,
      presigned_upload_run_id_supported: false,
      presigned_upload_model_id_supported: false,
      features_enabled: { gateway: false },
    }),
  }),
];
