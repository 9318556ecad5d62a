import { Readable } from "node:stream";
import { InvalidError } from "#lib/platform/errors.ts";
import { type Route, route } from "#lib/platform/http/route.ts";
import type { ApprovalLookup } from "#lib/record/approval-lookup.ts";
import { cardMarkdown } from "#lib/record/card-markdown.ts";
import { cardPdf } from "#lib/record/card-pdf.ts";
import { erasePersonal } from "#lib/record/erase-personal.ts";
import { exportAudit } from "#lib/record/export-audit.ts";
import { getAnchorState } from "#lib/record/get-anchor-state.ts";
import { getCard } from "#lib/record/get-card.ts";
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
  CardQuery,
  DeniedPage,
  DeniedQuery,
  ErasePersonalBody,
  ErasePersonalParams,
  LineageGraph,
  LineageQuery,
  ModelCard,
  ProductionAt,
  ProductionQuery,
  PutCardBody,
  ReconcileReport,
  Timeline,
} from "#lib/record/schemas.ts";
import { searchAudit } from "#lib/record/search-audit.ts";
import { editCard } from "#lib/registry/edit-card.ts";
import { ModelParams, VersionParams } from "#lib/registry/schemas.ts";

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
    produces: ["application/jsonl", "text/csv"],
    handle: ({ ctx, query }) => {
      const pieces = exportAudit(ctx, query);
      const type = query.format === "csv" ? "text/csv" : "application/jsonl";
      return new Response(Readable.toWeb(Readable.from(pieces, { objectMode: false })) as ReadableStream, {
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
  route({
    method: "get",
    path: "/api/models/{name}/versions/{version}/card",
    summary: "A version's model card",
    description: "As JSON, Markdown (format=md) or PDF (format=pdf). `revision` is what If-Match takes.",
    tag,
    auth: "registry:read",
    params: VersionParams,
    query: CardQuery,
    response: ModelCard,
    produces: ["text/markdown", "application/pdf"],
    handle: async ({ ctx, params, query }) => {
      const card = await getCard(ctx, params, approvals);
      return query.format === "json" ? card : cardFile(card, query.format);
    },
  }),
  route({
    method: "put",
    path: "/api/models/{name}/versions/{version}/card",
    summary: "Write the parts of a model card that people write",
    description: "With If-Match: the revision that was read; 412 when somebody else wrote since.",
    tag,
    auth: "registry:write",
    params: VersionParams,
    body: PutCardBody,
    response: ModelCard,
    handle: async ({ ctx, params, body, request }) => {
      const ifRevision = revisionOf(request.headers.get("if-match"));
      await editCard(ctx, { modelName: params.name, version: params.version, texts: body.texts, ifRevision });
      return getCard(ctx, params, approvals);
    },
  }),
];

async function cardFile(card: ModelCard, format: "md" | "pdf"): Promise<Response> {
  const body = format === "md" ? cardMarkdown(card) : new Uint8Array(await cardPdf(card));
  return new Response(body, {
    headers: {
      "Content-Type": format === "md" ? "text/markdown; charset=utf-8" : "application/pdf",
      "Content-Disposition": `attachment; filename="model-card-${card.modelName}-${card.version}.${format}"`,
    },
  });
}

/** @throws InvalidError it is no revision of a card */
function revisionOf(ifMatch: string | null): number | undefined {
  if (ifMatch === null || ifMatch === "*") {
    return undefined;
  }
  const [, revision] = /^(?:W\/)?"?(\d{1,9})"?$/.exec(ifMatch) ?? [];
  if (revision === undefined) {
    throw new InvalidError("If-Match names no revision of the card.", {
      details: [{ field: "If-Match", problem: "not a number", remedy: "Send the revision that you read." }],
    });
  }
  return Number(revision);
}
