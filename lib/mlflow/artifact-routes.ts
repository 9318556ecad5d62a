import { z } from "zod";
import { type ArtifactPlace, parseArtifactPlace, parseWritablePlace } from "#lib/mlflow/artifact-place.ts";
import { notSupported } from "#lib/mlflow/not-supported.ts";
import { MAX_SPANS_BYTES } from "#lib/mlflow/read-otlp.ts";
import { toWireFile, WireFile } from "#lib/mlflow/wire/file.ts";
import { runArtifactUri } from "#lib/mlflow/wire/run.ts";
import { Nothing, RunRef, requiredText, runIdOf, unlessEmpty } from "#lib/mlflow/wire/values.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { InvalidError } from "#lib/platform/errors.ts";
import { downloadReply } from "#lib/platform/http/download.ts";
import { readBytes } from "#lib/platform/http/read-body.ts";
import { type Route, route } from "#lib/platform/http/route.ts";
import { uploadStream } from "#lib/platform/http/upload.ts";
import { listVersionFolder, openVersionFile } from "#lib/registry/version-files.ts";
import { deleteFiles } from "#lib/tracking/files/delete-files.ts";
import { listFolder, type OpenedFile, openFile } from "#lib/tracking/files/open-file.ts";
import { putFile } from "#lib/tracking/files/put-file.ts";
import { findRun } from "#lib/tracking/find-run.ts";
import type { FolderEntry } from "#lib/tracking/store/files.ts";
import { putTraceFile } from "#lib/tracking/traces/put-trace-file.ts";

const tag = "MLflow: artifacts";
/** Where clients before 3.4 send a trace's spans. */
const TRACE_FILE = "traces.json";
const proxy = "/api/2.0/mlflow-artifacts";
/** The rules of paths are the verbs', so that a trick is told from what is not there. */
const AtPath = z.object({ path: z.string() });
const Files = { files: z.array(WireFile).optional() };

export const artifactRoutes: Route[] = [
  route({
    method: "get",
    path: "/api/2.0/mlflow/artifacts/list",
    summary: "List a folder of a run's artifacts",
    tag,
    auth: "tracking:read",
    query: z.looseObject({ ...RunRef, path: z.string().optional() }),
    response: z.object({ root_uri: z.string(), ...Files }),
    handle: async ({ ctx, query }) => {
      const folder = withoutSlash(query.path ?? "");
      const id = runIdOf(query);
      const entries = await listFolder(ctx, { of: { kind: "run", id }, folder });
      const files = entries.map((entry) => toWireFile(entry, folder));
      return { root_uri: runArtifactUri(await findRun(ctx, id)), ...unlessEmpty("files", files) };
    },
  }),
  route({
    method: "get",
    path: `${proxy}/artifacts`,
    summary: "List a folder of artifacts",
    description: "Paths are relative to the folder. What is not a folder is empty.",
    tag,
    auth: "tracking:read",
    query: z.looseObject({ path: z.string().optional() }),
    response: z.object(Files),
    handle: async ({ ctx, query }) => {
      if (!query.path) return {};
      const entries = await listPlace(ctx, parseArtifactPlace(withoutSlash(query.path)));
      return unlessEmpty(
        "files",
        entries.map((entry) => toWireFile(entry, "")),
      );
    },
  }),
  route({
    method: "get",
    path: `${proxy}/artifacts/{path+}`,
    summary: "Download an artifact",
    description: "Takes one `Range`.",
    tag,
    auth: "tracking:read",
    params: AtPath,
    produces: "*/*",
    handle: async ({ ctx, params, ...exchange }) =>
      downloadReply(exchange, await openPlace(ctx, parseArtifactPlace(params.path))),
  }),
  route({
    method: "get",
    path: "/get-artifact",
    summary: "Download an artifact of a run, as MLflow's pages ask for it",
    tag,
    auth: "tracking:read",
    query: z.looseObject({ ...RunRef, path: requiredText("path") }),
    produces: "*/*",
    handle: async ({ ctx, query, ...exchange }) =>
      downloadReply(exchange, await openFile(ctx, { of: { kind: "run", id: runIdOf(query) }, path: query.path })),
  }),
  route({
    method: "put",
    path: `${proxy}/artifacts/{path+}`,
    summary: "Upload an artifact",
    description:
      "The body is the file, of any size and type, and is streamed. The same path again takes the new bytes. The spans of a trace's traces.json become the trace's.",
    tag,
    auth: "tracking:write",
    params: AtPath,
    response: Nothing,
    handle: async ({ ctx, params, request, raw }) => {
      const { of, path } = parseWritablePlace(params.path);
      if (of.kind === "trace" && path === TRACE_FILE) {
        const body = await readBytes(request, MAX_SPANS_BYTES);
        await putTraceFile(ctx, { traceId: of.id, experimentId: of.experimentId, path, body });
        return {};
      }
      const mediaType = request.headers.get("content-type") ?? undefined;
      await putFile(ctx, { of, path, source: () => uploadStream({ request, raw }), mediaType });
      return {};
    },
  }),
  route({
    method: "delete",
    path: `${proxy}/artifacts/{path+}`,
    summary: "Delete an artifact, or a folder with all in it",
    tag,
    auth: "tracking:write",
    params: AtPath,
    response: Nothing,
    handle: async ({ ctx, params }) => {
      await deleteFiles(ctx, parseWritablePlace(params.path));
      return {};
    },
  }),
  route({
    method: "get",
    path: `${proxy}/presigned/{path+}`,
    summary: "A link to the storage: not supported",
    tag,
    auth: "tracking:read",
    params: AtPath,
    response: Nothing,
    handle: async ({ ctx, params }) => {
      await openPlace(ctx, parseArtifactPlace(params.path));
      return notSupported("Multipart download is not supported for the current artifact repository");
    },
  }),
  ...(["upload", "download"] as const).map((way) =>
    route({
      method: "post",
      path: `/api/2.0/mlflow/artifacts/presigned-${way}-url`,
      summary: `A link to ${way} to the storage itself: not supported`,
      tag,
      auth: way === "upload" ? "tracking:write" : "tracking:read",
      body: z.looseObject({}),
      response: Nothing,
      handle: () => {
        throw new InvalidError(
          `Presigned ${way} is not supported for proxied artifact storage (artifact URI scheme: mlflow-artifacts).`,
          { code: "presigned_not_supported" },
        );
      },
    }),
  ),
];

function openPlace(ctx: Ctx, { of, path }: ArtifactPlace): Promise<OpenedFile> {
  return of.kind === "version" ? openVersionFile(ctx, { versionId: of.id, path }) : openFile(ctx, { of, path });
}

function listPlace(ctx: Ctx, { of, path }: ArtifactPlace): Promise<FolderEntry[]> {
  return of.kind === "version"
    ? listVersionFolder(ctx, { versionId: of.id, folder: path })
    : listFolder(ctx, { of, folder: path });
}

function withoutSlash(path: string): string {
  return path.endsWith("/") ? path.slice(0, -1) : path;
}
