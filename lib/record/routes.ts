import { Readable } from "node:stream";
import { type Route, route } from "#lib/platform/http/route.ts";
import type { ApprovalLookup } from "#lib/record/approval-lookup.ts";
import { erasePersonal } from "#lib/record/erase-personal.ts";
import { exportAudit } from "#lib/record/export-audit.ts";
import { getAnchorState } from "#lib/record/get-anchor-state.ts";
import { getLineage } from "#lib/record/get-lineage.ts";
import { getProduction } from "#lib/record/get-production.ts";
import { getTimeline } from "#lib/record/get-timeline.ts";
import { listDenied } from "#lib/record/list-denied.ts";
import { reconcileProduction } from "#lib/record/reconcile-production.ts";
import {
  AnchorState,
  AuditExportQuery,
  AuditPage,
  AuditQuery,
  DeniedPage,
  DeniedQuery,
  ErasePersonalBody,
  ErasePersonalParams,
  LineageGraph,
  LineageQuery,
  ProductionAt,
  ProductionQuery,
  ReconcileReport,
  Timeline,
} from "#lib/record/schemas.ts";
import { searchAudit } from "#lib/record/search-audit.ts";
import { ModelParams } from "#lib/registry/schemas.ts";

const tag = "Record";

/** `approvals`: see {@link ApprovalLookup}. */
export const recordRoutes = (approvals: ApprovalLookup): Route[] => [
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
  route({
    method: "get",
    path: "/api/models/{name}/timeline",
    summary: "What was in which stage when",
    description: "Each version's stages as bars, and every move with its actor, reason and approval.",
    tag,
    auth: "registry:read",
    params: ModelParams,
    response: Timeline,
    handle: ({ ctx, params }) => getTimeline(ctx, params, approvals),
  }),
  route({
    method: "get",
    path: "/api/models/{name}/production",
    summary: "What was in Production at a moment",
    description: "Who put it there, on whose approval, trained on what. Now, when `at` names no moment.",
    tag,
    auth: "registry:read",
    params: ModelParams,
    query: ProductionQuery,
    response: ProductionAt,
    handle: ({ ctx, params, query }) => getProduction(ctx, { ...params, ...query }, approvals),
  }),
  route({
    method: "get",
    path: "/api/lineage",
    summary: "Where something comes from and what came of it",
    description: "From dataset_version:<id>, run:<id>, strategy_run:<id>, version:<model>/<n> or deployment:<name>.",
    tag,
    auth: "registry:read",
    query: LineageQuery,
    response: LineageGraph,
    handle: ({ ctx, query }) => getLineage(ctx, query),
  }),
  route({
    method: "get",
    path: "/api/record/reconciliation",
    summary: "Compare what is in Production with what was approved",
    tag,
    auth: "audit:read",
    response: ReconcileReport,
    handle: ({ ctx }) => reconcileProduction(ctx),
  }),
];
