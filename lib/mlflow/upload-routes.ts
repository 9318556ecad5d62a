import { z } from "zod";
import { parseWritablePlace, type WritablePlace } from "#lib/mlflow/artifact-place.ts";
import { Int64, Nothing, requiredText } from "#lib/mlflow/wire/values.ts";
import { ownOrigin } from "#lib/platform/http/own-origin.ts";
import { makeResponse } from "#lib/platform/http/reply.ts";
import { type Route, route } from "#lib/platform/http/route.ts";
import { uploadStream } from "#lib/platform/http/upload.ts";
import { abortUpload, completeUpload, createUpload, putUploadPart } from "#lib/tracking/files/upload-in-parts.ts";

/** Large files in parts. The client sends the parts with the headers that it gets here, and with nothing of its own. */

const tag = "MLflow: artifacts";
const base = "/api/2.0/mlflow-artifacts/mpu";
const AtPath = z.object({ path: z.string() });
/** `path` is the file on the client's disk: only its last part counts. */
const LocalFile = { path: requiredText("path") };
/** S3's own limit. */
const MAX_PART_BYTES = 5 * 1024 ** 3;
/** What says who asks, and about which project. */
const IDENTITY = ["authorization", "x-assay-project", "x-mlflow-workspace"];

const Part = z.looseObject({ part_number: Int64, etag: z.string(), url: z.string().optional() });

export const uploadRoutes: Route[] = [
  route({
    method: "post",
    path: `${base}/create/{path+}`,
    summary: "Begin an upload in parts",
    description: "At most 10,000 parts of 5 GiB. What nobody went on with for a day is given up.",
    tag,
    auth: "tracking:write",
    params: AtPath,
    body: z.looseObject({ ...LocalFile, num_parts: Int64.default(1) }),
    response: z.object({
      upload_id: z.string(),
      credentials: z.array(
        z.object({ url: z.string(), part_number: z.int(), headers: z.record(z.string(), z.string()) }),
      ),
    }),
    handle: async ({ ctx, params, body, request }) => {
      const place = placeOf(params.path, body.path);
      const { uploadId } = await createUpload(ctx, { ...place, parts: body.num_parts });
      const url = `${ownOrigin(request)}${base}/parts/${uploadId}`;
      const headers = identityOf(request.headers);
      const numbers = Array.from({ length: body.num_parts }, (_, index) => index + 1);
      const credentials = numbers.map((number) => ({ url: `${url}/${number}`, part_number: number, headers }));
      return { upload_id: uploadId, credentials };
    },
  }),
  route({
    method: "put",
    path: `${base}/parts/{upload}/{number}`,
    summary: "Send a part of an upload",
    description: "The body is the part. The reply's ETag is what completing the upload asks for.",
    tag,
    auth: "tracking:write",
    params: z.object({ upload: z.string(), number: z.coerce.number().int().min(1) }),
    response: Nothing,
    handle: async ({ ctx, params, request, raw }) => {
      const source = () => uploadStream({ request, raw }, MAX_PART_BYTES);
      const { digest } = await putUploadPart(ctx, { uploadId: params.upload, number: params.number, source });
      return makeResponse("{}", 200, { "Content-Type": "application/json; charset=utf-8", ETag: `"${digest}"` });
    },
  }),
  route({
    method: "post",
    path: `${base}/complete/{path+}`,
    summary: "Make one artifact of the parts",
    tag,
    auth: "tracking:write",
    params: AtPath,
    body: z.looseObject({ ...LocalFile, upload_id: requiredText("upload_id"), parts: z.array(Part).max(10_000) }),
    response: Nothing,
    handle: async ({ ctx, params, body }) => {
      const parts = body.parts.map((part) => ({ number: part.part_number, digest: part.etag.replaceAll('"', "") }));
      await completeUpload(ctx, { ...placeOf(params.path, body.path), uploadId: body.upload_id, parts });
      return {};
    },
  }),
  route({
    method: "post",
    path: `${base}/abort/{path+}`,
    summary: "Give an upload up",
    tag,
    auth: "tracking:write",
    params: AtPath,
    body: z.looseObject({ ...LocalFile, upload_id: requiredText("upload_id") }),
    response: Nothing,
    handle: async ({ ctx, params, body }) => {
      await abortUpload(ctx, { ...placeOf(params.path, body.path), uploadId: body.upload_id });
      return {};
    },
  }),
];

/** The folder that the request's path names, and in it the file that is called as the client's own. */
function placeOf(folder: string, localFile: string): WritablePlace {
  const name = localFile.slice(Math.max(localFile.lastIndexOf("/"), localFile.lastIndexOf("\\")) + 1);
  const { of, path } = parseWritablePlace(folder);
  return { of, path: path === "" ? name : `${path}/${name}` };
}

/** The client sends the parts without its own headers: it gets back what it sent. */
function identityOf(headers: Headers): Record<string, string> {
  return Object.fromEntries(
    IDENTITY.flatMap((name) => {
      const value = headers.get(name);
      return value === null ? [] : [[name, value]];
    }),
  );
}
