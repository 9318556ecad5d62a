import { expect } from "vitest";
import { createApi } from "#lib/api/app.ts";
import { createApiKey } from "#lib/auth/create-api-key.ts";
import { SCOPES, type Scope } from "#lib/auth/scopes.ts";
import { audit } from "#lib/platform/audit.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { withTransaction } from "#lib/platform/db.ts";
import { ForbiddenError } from "#lib/platform/errors.ts";
import { checkpoint } from "#lib/record/checkpoint.ts";
import { digestDenied } from "#lib/record/digest-denied.ts";
import { erasePersonal } from "#lib/record/erase-personal.ts";
import { exportAudit } from "#lib/record/export-audit.ts";
import { getAnchorState } from "#lib/record/get-anchor-state.ts";
import { getLineage } from "#lib/record/get-lineage.ts";
import { listDenied } from "#lib/record/list-denied.ts";
import { AuditExportQuery, AuditQuery, DeniedQuery, LineageQuery } from "#lib/record/schemas.ts";
import { searchAudit } from "#lib/record/search-audit.ts";
import { loadSigningKey } from "#lib/record/signing-key.ts";
import { countPrunable, measureAnchors } from "#lib/record/watch-chains.ts";
import { setStage } from "#lib/registry/set-stage.ts";
import { makeVersion } from "#lib/registry/testing/make-version.ts";
import { pgTest } from "#lib/testing/pg.ts";
import { submitStrategy } from "#lib/training/submit-strategy.ts";

const search = async (ctx: Ctx, query: Record<string, unknown>) =>
  (await searchAudit(ctx, AuditQuery.parse(query))).items.map((item) => `${item.seq} ${item.action}`);

async function write(ctx: Ctx, entries: [action: string, subject: string, detail: Record<string, unknown>][]) {
  for (const [action, subject, detail] of entries) {
    await withTransaction(ctx, async (tx) => audit(tx, { action, subject, detail }));
  }
}

async function text(pieces: AsyncIterable<string>): Promise<string> {
  let all = "";
  for await (const piece of pieces) all += piece;
  return all;
}

pgTest("the log is searched by every field and paged newest first", async ({ ctx, make }) => {
  await write(ctx, [
    ["version.promote", "version:digits/3", { reason: "Better on SEVENS" }],
    ["version.stage", "version:digits/2", {}],
    ["policy.save", "policy:digits", {}],
  ]);
  const other = { ...(await make.ctx()), requestId: "req_other_0001" };
  await write(other, [["version.promote", "version:letters/1", {}]]);
  expect(await search(ctx, {})).toEqual(["4 version.promote", "3 policy.save", "2 version.stage", "1 version.promote"]);
  expect(await search(ctx, { action: "version." })).toHaveLength(3);
  expect(await search(ctx, { subject: "version:digits/" })).toHaveLength(2);
  expect(await search(ctx, { q: "sevens" })).toEqual(["1 version.promote"]);
  expect(await search(ctx, { requestId: "req_other_0001" })).toEqual(["4 version.promote"]);
  expect(await search(ctx, { actor: `user:${other.actor.type === "user" ? other.actor.id : ""}` })).toHaveLength(1);
  expect(await search(ctx, { to: "2020-01-01T00:00:00Z" })).toEqual([]);
  expect(await search(ctx, { from: "2020-01-01T00:00:00Z", q: "%" })).toEqual([]);
  const first = await searchAudit(ctx, AuditQuery.parse({ limit: 3 }));
  const rest = await searchAudit(ctx, AuditQuery.parse({ limit: 3, cursor: first.nextCursor }));
  expect(rest.items.map((item) => item.seq)).toEqual([1]);
  expect(rest.nextCursor).toBeUndefined();
  expect(await search(await make.ctx({ projectId: "default" }), { q: "sevens" })).toEqual([]);
});

pgTest("exports are whole lines, and no cell is a formula", async ({ ctx }) => {
  await write(ctx, [
    ["a.b", '=HYPERLINK("http://evil")', { text: 'with "quotes", and\nlines' }],
    ["+cmd", "-1+1", {}],
    ["a.c", " @SUM(A1)", {}],
  ]);
  const lines = (await text(exportAudit(ctx, AuditExportQuery.parse({})))).trim().split("\n");
  expect(lines.map((line) => JSON.parse(line).seq)).toEqual([1, 2, 3]);
  const csv = await text(exportAudit(ctx, AuditExportQuery.parse({ format: "csv" })));
  expect(csv).toContain(`"'=HYPERLINK(""http://evil"")"`);
  expect(csv).toContain(`"'+cmd","'-1+1"`);
  expect(csv).toContain(`"' @SUM(A1)"`);
  expect(csv.split("\r\n")[0]).toBe(
    "chain,seq,at,actor,actorLabel,onBehalfOf,action,subject,detail,requestId,ip,prev,hash",
  );
  expect(csv.trim().split("\r\n")).toHaveLength(4);
});

pgTest("personal details are for admins, and gone once erased", async ({ ctx, make }) => {
  const personal = { email: "ana@example.org" };
  await withTransaction(ctx, async (tx) => audit(tx, { action: "x.y", subject: "s", detail: {}, personal }));
  const one = async (reader: Ctx) => (await searchAudit(reader, AuditQuery.parse({}))).items[0]?.personal;
  const held = await one(ctx);
  expect(held?.body).toEqual(personal);
  const reader = await make.apiKeyCtx({ scopes: ["audit:read"] });
  expect(await one(reader)).toMatchObject({ id: held?.id, body: null });
  await erasePersonal(ctx, { id: held?.id ?? "", reason: "asked for" });
  expect(await one(ctx)).toMatchObject({ body: null, erasedAt: expect.any(String) });
  await expect(erasePersonal(ctx, { id: "per_nothing", reason: "x" })).rejects.toMatchObject({ kind: "not_found" });
});

pgTest("checkpoints come after 5 minutes or 1,000 events, and are shown", async ({ ctx, home }) => {
  const key = loadSigningKey({ ASSAY_HOME: home });
  const anchors = `${home}/due.jsonl`;
  const mine = async (later = 0) => {
    const at = { ...ctx, clock: { now: () => new Date(Date.now() + later) } };
    return (await checkpoint(at, { key, anchors })).filter((anchor) => anchor.chain === `project:${ctx.projectId}`);
  };
  await write(ctx, [["a.b", "x", {}]]);
  expect(await mine()).toHaveLength(1);
  await write(ctx, [["a.b", "y", {}]]);
  expect(await mine()).toHaveLength(0);
  expect((await measureAnchors(ctx)).unanchored).toBeGreaterThan(0);
  const chain = `project:${ctx.projectId}`;
  expect((await getAnchorState(ctx)).chains.find((one) => one.chain === chain)).toMatchObject({
    headSeq: 2,
    anchoredSeq: 1,
  });
  expect(await mine(301_000)).toHaveLength(1);
  // As if a thousand were written: what is signed is the head.
  await ctx.pool.query("UPDATE audit_head SET seq = seq + 1000 WHERE chain = $1", [chain]);
  expect(await mine()).toMatchObject([{ seq: 1_002 }]);
  expect(await getAnchorState(ctx)).toMatchObject({ keyId: key.keyId });
  expect((await searchAudit(ctx, AuditQuery.parse({ limit: 1 }))).items[0]?.anchored).toBe(true);
  expect(await countPrunable(ctx, { months: 6 })).toBe(0);
  // Nobody else can hold the lock and sign the same heads.
  await write(ctx, [["a.b", "z", {}]]);
  const made = await Promise.all([0, 1, 2].map(() => checkpoint(ctx, { key, anchors, force: true })));
  expect(made.flat().filter((anchor) => anchor.chain === `project:${ctx.projectId}`)).toHaveLength(1);
});

pgTest("a key comes as PKCS8, PEM or seed, and anything else is refused", async ({ home }) => {
  const { privateKey, keyId } = loadSigningKey({ ASSAY_HOME: home });
  const given = (ASSAY_AUDIT_KEY: string) => loadSigningKey({ ASSAY_HOME: home, ASSAY_AUDIT_KEY }).keyId;
  expect(given(privateKey.export({ type: "pkcs8", format: "der" }).toString("base64"))).toBe(keyId);
  expect(given(privateKey.export({ type: "pkcs8", format: "pem" }).toString())).toBe(keyId);
  expect(() => given("not a key")).toThrow(/not an Ed25519 private key/);
});

pgTest("lineage is followed both ways, and says when there is more", async ({ ctx, make }) => {
  const group = await submitStrategy(ctx, { name: "mnist-three-runs" });
  const version = await makeVersion(ctx);
  await setStage(ctx, { modelName: "digits", version: 1, stage: "Production" });
  const { projectId } = ctx;
  await ctx.db.deployment.create({
    data: { id: `dep_${projectId}`, projectId, name: "digits", modelName: "digits", access: "public", isDefault: true },
  });
  const dataset = { id: `ds_${projectId}`, projectId, name: "mnist", source: "mnist" };
  await ctx.db.dataset.create({ data: dataset });
  const data = { id: `dsv_${projectId}`, projectId, datasetId: dataset.id, version: 1, digest: "d", synthetic: false };
  await ctx.db.datasetVersion.create({
    data: { ...data, trainCount: 1, testCount: 1, classCounts: {}, samples: [], files: {} },
  });
  await ctx.pool.query("UPDATE training_job SET dataset_version_id = $2 WHERE project_id = $1", [projectId, data.id]);
  const runs = group.runs.map((run) => `run:${run.runId}`);
  const first = group.runs[0]?.runId ?? "";
  await ctx.pool.query("UPDATE model_version SET run_id = $2 WHERE id = $1", [version.id, first]);

  const graph = await getLineage(ctx, LineageQuery.parse({ from: "deployment:digits" }));
  expect(graph.truncated).toBe(false);
  expect(new Set(graph.nodes.map((node) => node.id))).toEqual(
    new Set([
      "deployment:digits",
      "version:digits/1",
      `strategy_run:${group.id}`,
      `dataset_version:${data.id}`,
      ...runs,
    ]),
  );
  expect(graph.nodes.map((node) => node.distance)).toEqual([0, 1, 2, 3, 3, 4, 4]);
  const forward = await getLineage(ctx, LineageQuery.parse({ from: `dataset_version:${data.id}`, depth: 3 }));
  expect(forward.nodes.map((node) => node.id)).toContain("deployment:digits");
  expect(forward.edges).toContainEqual({ from: `run:${first}`, to: "version:digits/1", kind: "became" });
  expect(await getLineage(ctx, LineageQuery.parse({ from: "deployment:digits", depth: 1 }))).toMatchObject({
    truncated: true,
  });
  const few = await getLineage(ctx, LineageQuery.parse({ from: `dataset_version:${data.id}`, limit: 3 }));
  expect(few.nodes).toHaveLength(3);
  expect(few.truncated).toBe(true);
  const elsewhere = await make.ctx({ projectId: "default" });
  await expect(getLineage(elsewhere, LineageQuery.parse({ from: `run:${first}` }))).rejects.toMatchObject({
    kind: "not_found",
  });
});

pgTest("who may not read the record is refused", async ({ make }) => {
  const reader = await make.apiKeyCtx({ scopes: ["registry:read", "tracking:read"] });
  await expect(searchAudit(reader, AuditQuery.parse({}))).rejects.toThrow(ForbiddenError);
  await expect(getAnchorState(reader)).rejects.toThrow(ForbiddenError);
  expect(() => exportAudit(reader, AuditExportQuery.parse({}))).toThrow(ForbiddenError);
  const admin = await make.apiKeyCtx({ scopes: ["admin", "audit:read"] });
  await expect(searchAudit(admin, AuditQuery.parse({ chain: "instance" }))).rejects.toThrow(ForbiddenError);
  await expect(listDenied(admin, DeniedQuery.parse({}))).rejects.toThrow(ForbiddenError);
  await expect(digestDenied(admin)).rejects.toThrow(ForbiddenError);
  await expect(erasePersonal(admin, { id: "per_x", reason: "x" })).rejects.toThrow(ForbiddenError);
  await expect(getLineage(reader, LineageQuery.parse({ from: "run:x" }))).rejects.toThrow(ForbiddenError);
});

pgTest("the routes answer: search, export, cards and their revisions", async ({ runtime, ctx, db }) => {
  const { app } = createApi(runtime);
  const projectId = "default";
  const scopes: Scope[] = [
    "audit:read",
    "registry:read",
    "registry:write",
    "tracking:read",
    "tracking:write",
    "datasets:read",
  ];
  const maker: Ctx = { ...ctx, projectId, actor: { type: "system", id: "test", scopes: [...SCOPES] } };
  const { key } = await createApiKey(maker, { name: "record", scopes });
  await makeVersion(maker, "carded");
  const call = (path: string, init: RequestInit = {}) =>
    app.request(path, {
      ...init,
      headers: { Authorization: `Bearer ${key}`, "Content-Type": "application/json", ...init.headers },
    });
  const found = await call("/api/audit?action=version.&limit=1");
  expect(await found.json()).toMatchObject({ items: [{ action: "version.register", chain: "project:default" }] });
  expect((await call("/api/audit?chain=instance")).status).toBe(403);
  expect((await call("/api/audit/denied")).status).toBe(403);
  const csv = await call("/api/audit/export?format=csv");
  expect(csv.headers.get("content-disposition")).toContain("audit-project.csv");
  expect((await csv.text()).split("\r\n").length).toBeGreaterThan(2);

  const card = "/api/models/carded/versions/1/card";
  const put = (revision: string, intendedUse: string) =>
    call(card, { method: "PUT", headers: { "If-Match": revision }, body: JSON.stringify({ texts: { intendedUse } }) });
  expect(await (await put('"0"', "Sorting.")).json()).toMatchObject({
    revision: 1,
    texts: { intendedUse: "Sorting." },
  });
  expect((await put('"0"', "Other.")).status).toBe(412);
  expect((await put("soon", "Other.")).status).toBe(400);
  expect(await (await call(`${card}?format=md`)).text()).toContain("## Intended use\n\nSorting.");
  const pdf = await call(`${card}?format=pdf`);
  expect(pdf.headers.get("content-type")).toBe("application/pdf");
  expect((await call("/api/models/carded/production?at=2020-01-01T00:00:00Z")).status).toBe(200);
  expect(await (await call("/api/models/carded/timeline")).json()).toMatchObject({ versions: [{ version: 1 }] });
  expect((await call("/api/models/carded/production?at=yesterday")).status).toBe(400);
  expect(await (await call("/api/record/reconciliation")).json()).toMatchObject({ ok: expect.any(Boolean) });
  expect(await db.auditEvent.count({ where: { action: "card.edit", subject: "version:carded/1" } })).toBe(1);
});
