import { Readable } from "node:stream";
import { type Route, route } from "#lib/platform/http/route.ts";
import { erasePersonal } from "#lib/record/erase-personal.ts";
import { exportAudit } from "#lib/record/export-audit.ts";
import { getAnchorState } from "#lib/record/get-anchor-state.ts";
import { listDenied } from "#lib/record/list-denied.ts";
import {
  AnchorState,
  AuditExportQuery,
  AuditPage,
  AuditQuery,
  DeniedPage,
  DeniedQuery,
  ErasePersonalBody,
  ErasePersonalParams,
} from "#lib/record/schemas.ts";
import { searchAudit } from "#lib/record/search-audit.ts";

const tag = "Record";

export const recordRoutes: Route[] = [
  route({
    method: "get",
    path: "/api/audit",
    summary: "Search the audit log",
    description:
      "Newest first. The project's chain by default; chain=instance needs the scope instance. actor, action and subject match from their start.",
    tag,
    auth: "audit:read",
    query: AuditQuery,
    response: AuditPage,
    handle: ({ ctx, query }) => searchAudit(ctx, query),
  }),
  route({
    method: "get",
    path: "/api/audit/export",
    summary: "Export the audit log",
    description: "JSON Lines or CSV, oldest first. `npm run audit -- export` makes one that proves itself.",
    tag,
    auth: "audit:read",
    query: AuditExportQuery,
    produces: "application/octet-stream",
    handle: ({ ctx, query }) => {
      const pieces = exportAudit(ctx, query);
      const type = query.format === "csv" ? "text/csv" : "application/jsonl";
      return new Response(Readable.toWeb(Readable.from(pieces)) as ReadableStream, {
        headers: {
          "Content-Type": `${type}; charset=utf-8`,
          "Content-Disposition": `attachment; filename="audit-${query.chain}.${query.format}"`,
        },
      });
    },
  }),
  route({
    method: "get",
    path: "/api/audit/anchors",
    summary: "How far the audit log is anchored outside the database",
    tag,
    auth: "audit:read",
    response: AnchorState,
    handle: ({ ctx }) => getAnchorState(ctx),
  }),
  route({
    method: "get",
    path: "/api/audit/denied",
    summary: "Attempts that were refused",
    tag,
    auth: "instance",
    query: DeniedQuery,
    response: DeniedPage,
    handle: ({ ctx, query }) => listDenied(ctx, query),
  }),
  route({
    method: "post",
    path: "/api/audit/personal/{id}/erase",
    summary: "Erase the personal details of an event",
    description: "For ever. The chain keeps their commitment and stays valid.",
    tag,
    auth: "instance",
    params: ErasePersonalParams,
    body: ErasePersonalBody,
    status: 204,
    handle: ({ ctx, params, body }) => erasePersonal(ctx, { id: params.id, reason: body.reason }),
  }),
];
