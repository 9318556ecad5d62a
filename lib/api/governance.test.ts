import { encode } from "next-auth/jwt";
import { Secret, TOTP } from "otpauth";
import { expect } from "vitest";
import { openApi } from "#lib/api/testing/open-api.ts";
import { policyBody } from "#lib/approvals/testing/scene.ts";
import { openSession } from "#lib/auth/open-session.ts";
import { hashPassword } from "#lib/auth/password.ts";
import { SCOPES } from "#lib/auth/scopes.ts";
import { drawSynthetic } from "#lib/datasets/draw-synthetic.ts";
import { listDatasets } from "#lib/datasets/list-datasets.ts";
import { recordDataset } from "#lib/datasets/record-dataset.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { withTransaction } from "#lib/platform/db.ts";
import { serverEnvOf } from "#lib/platform/http/host.ts";
import type { Route } from "#lib/platform/http/route.ts";
import { newId } from "#lib/platform/ids.ts";
import type { Runtime } from "#lib/platform/runtime.ts";
import { registerVersion } from "#lib/registry/register-version.ts";
import { setStage } from "#lib/registry/set-stage.ts";
import { makeVersion } from "#lib/registry/testing/make-version.ts";
import { pgTest } from "#lib/testing/pg.ts";
import { putArtifact } from "#lib/tracking/put-artifact.ts";
import { setRunStatus } from "#lib/tracking/set-run-status.ts";
import { setTags } from "#lib/tracking/set-tags.ts";
import { updateDatasetVersion } from "#lib/training/store/jobs.ts";
import { submitRun } from "#lib/training/submit-run.ts";

// Every write that is not tracking data or an answer leaves an audit row with its request's id; a new route has to be done here.

type Headers = Record<string, string>;
const PASSWORD = "a password of some length";
const address = () => `${newId("p").toLowerCase()}@example.org`;
const nameOf = (route: Route) => `${route.method.toUpperCase()} ${route.path}`;
/** Data of runs, and answers: kept by themselves, not in the record. */
const isData = ({ auth }: Route) => ["tracking:write", "tracking:read", "serving:predict", "predict"].includes(auth);
const CHANGES_NOTHING = ["POST /api/policies/check", "POST /api/invitations/look-up", "/get-latest-versions"];

async function makePerson(
  runtime: Runtime,
  ctx: Ctx,
  more: { role?: string; grants?: string[]; chief?: boolean } = {},
) {
  const { role = "member", grants = [], chief = false } = more;
  const [id, email, passwordHash] = [newId("usr"), address(), await hashPassword(PASSWORD)];
  const memberships = { create: { projectId: ctx.projectId, role, grants } };
  const data = { id, email, name: "Someone", role: chief ? "admin" : "user", passwordHash, memberships };
  await runtime.db.user.create({ data });
  const signIn = async (): Promise<Headers & { sid: string }> => {
    const opened = openSession;
    const { sid } = await withTransaction(ctx, (tx) =>
      opened(tx, { userId: id, method: "password", hasSecondFactor: true }),
    );
    const token = await encode({ token: { sid }, secret: serverEnvOf(runtime).ASSAY_SECRET });
    const where = { "X-Assay-Project": ctx.projectId, "Sec-Fetch-Site": "same-origin" };
    return { Cookie: `assay.session=${token}`, ...where, sid };
  };
  return { id, email, signIn };
}

const SPEC = { architecture: "baseline", epochs: 1, batchSize: 32, learningRate: 0.01 } as const;

/** A version that was trained here, on a dataset that is here. */
async function makeTrained(ctx: Ctx): Promise<void> {
  await recordDataset(ctx, "synthetic-digits", await drawSynthetic({ train: 60, test: 20 }, () => undefined));
  const data = (await listDatasets(ctx)).flatMap(({ versions }) => versions)[0];
  if (data === undefined) throw new Error("there is no dataset");
  const { runId } = await submitRun(ctx, { dataset: "synthetic-digits", spec: { ...SPEC } });
  await withTransaction(ctx, (tx) => updateDatasetVersion(tx, runId, data.id));
  const worker: Ctx = { ...ctx, actor: { type: "worker", id: "test", scopes: SCOPES } };
  await setTags(worker, { runId, tags: { dataset: data.datasetName, "dataset.digest": data.digest, engine: "wasm" } });
  await setRunStatus(worker, { runId, to: "RUNNING" });
  await putArtifact(worker, { runId, path: "model/model.onnx", source: Buffer.from(`onnx of ${runId}`) });
  await setRunStatus(worker, { runId, to: "FINISHED" });
  await registerVersion(ctx, { modelName: "trained", runId });
}

function stepper(runtime: Runtime) {
  const { routes, ask } = openApi(runtime);
  const done = new Set<string>();
  const silent: string[] = [];
  const step = async (name: string, headers: Headers, params: Headers = {}, body?: unknown) => {
    const route = routes.find((one) => nameOf(one) === name);
    if (route === undefined) throw new Error(`there is no ${name}`);
    const path = route.path.replace(/\{(\w+)\}/g, (_, key: string) => params[key] ?? "");
    const response = await ask(path, { method: route.method, headers, body: route.body && (body ?? {}) });
    const text = await response.text();
    expect(response.ok, `${name}: ${response.status} ${text}`).toBe(true);
    const requestId = response.headers.get("x-request-id") ?? "";
    if ((await runtime.db.auditEvent.count({ where: { requestId } })) === 0) silent.push(name);
    done.add(name);
    return text === "" ? {} : JSON.parse(text);
  };
  return { routes, step, done, silent };
}

pgTest("every governance write is on record, with the request that did it", async ({ runtime, ctx }) => {
  const { routes, step, done, silent } = stepper(runtime);
  const chief = await makePerson(runtime, ctx, { chief: true });
  const [ana, ben] = [await makePerson(runtime, ctx), await makePerson(runtime, ctx, { role: "reviewer" })];
  const cleo = await makePerson(runtime, ctx, { role: "reviewer", grants: ["emergency"] });
  const root = await chief.signIn();
  const [asAna, asBen, asCleo] = [await ana.signIn(), await ben.signIn(), await cleo.signIn()];

  // People, sessions and keys.
  const dora = await makePerson(runtime, ctx);
  const [asDora, other, third] = [await dora.signIn(), await dora.signIn(), await dora.signIn()];
  await step("POST /api/session/re-authenticate", asDora, {}, { password: PASSWORD });
  await step("DELETE /api/sessions/{id}", asDora, { id: other.sid });
  await step("DELETE /api/users/{id}/sessions/{session}", root, { id: dora.id, session: third.sid });
  await dora.signIn();
  await step("DELETE /api/sessions", asDora);
  await step("PUT /api/password", asDora, {}, { currentPassword: PASSWORD, newPassword: `${PASSWORD}!` });
  const offer = await step("POST /api/second-factor", asDora);
  const codeAt = (seconds: number) =>
    new TOTP({ secret: Secret.fromBase32(offer.secret) }).generate({ timestamp: Date.now() + seconds * 1_000 });
  await step("POST /api/second-factor/confirm", asDora, {}, { code: codeAt(0) });
  const off = { code: codeAt(30), password: `${PASSWORD}!` };
  await step("POST /api/second-factor/disable", asDora, {}, off);
  await runtime.db.user.update({ where: { id: dora.id }, data: { totpSecret: "pending" } });
  await step("DELETE /api/users/{id}/second-factor", root, { id: dora.id });
  await step("PATCH /api/users/{id}", root, { id: dora.id }, { disabled: true });
  const key = await step("POST /api/keys", root, {}, { name: "key", scopes: ["tracking:read"] });
  await step("DELETE /api/keys/{id}", root, { id: key.id });
  const account = await step("POST /api/service-accounts", root, {}, { name: "ci", role: "member" });
  await step("PATCH /api/service-accounts/{id}", root, { id: account.id }, { disabled: true });
  const project = {
    id: newId("p")
      .toLowerCase()
      .replaceAll(/[^a-z0-9]/g, ""),
    name: newId("p"),
  };
  await step("POST /api/projects", root, {}, project);
  await step("PATCH /api/projects/{id}", root, { id: project.id }, { description: "changed" });
  const inviteTo = (email: string) => step("POST /api/invitations", root, {}, { email, role: "viewer" });
  await step(
    "POST /api/invitations/accept",
    {},
    {},
    { token: (await inviteTo(address())).token, name: "New", password: PASSWORD },
  );
  await step("DELETE /api/invitations/{id}", root, { id: (await inviteTo(address())).id });
  await step("DELETE /api/members/{userId}", root, { userId: dora.id });
  const back = await inviteTo(chief.email.replace("@", "+two@")).then(() =>
    makePerson(runtime, { ...ctx, projectId: "default" }),
  );
  const { token } = await inviteTo(back.email);
  const { "X-Assay-Project": _, ...home } = await back.signIn();
  await step("POST /api/invitations/join", home, {}, { token });
  await step("PUT /api/members/{userId}", root, { userId: back.id }, { role: "member" });

  // Data, training and models.
  await step("POST /api/datasets/prepare", asAna, {}, { source: "mnist" });
  await makeTrained(ctx);
  await step("POST /api/models/{name}/versions/{version}/reproduce", asAna, { name: "trained", version: "1" });
  await step("POST /api/training/strategies/{name}", asAna, { name: "mnist-three-runs" });
  const run = await step("POST /api/training/runs", asAna, {}, { spec: SPEC });
  await step("POST /api/training/runs/{id}/cancel", asAna, { id: run.runId });
  await step("POST /api/training/runs/{id}/retry", asAna, { id: run.runId });
  const made = await makeVersion(ctx);
  for (let more = 0; more < 3; more += 1) await makeVersion(ctx);
  const model = { name: "digits", version: "1", alias: "blue" };
  await step("POST /api/models/{name}/versions", asAna, { name: "second" }, { runId: made.runId });
  await step("PUT /api/models/{name}/versions/{version}/card", asAna, model, { texts: { caveats: "few" } });
  await step("PATCH /api/models/{name}", asAna, model, { description: "reads digits" });
  await step("POST /api/models/{name}/versions/{version}/stage", asAna, model, { stage: "Staging" });
  await step("PUT /api/models/{name}/aliases/{alias}", asAna, model, { version: 1 });
  await step("DELETE /api/models/{name}/aliases/{alias}", asAna, model);

  await step("POST /api/deployments", root, {}, { name: "one", modelName: "digits" });
  await step("PATCH /api/deployments/{name}", root, { name: "one" }, { access: "public" });
  await step("PUT /api/deployments/{name}/traffic", root, { name: "one" }, { traffic: { champion: 1 } });
  await step("DELETE /api/deployments/{name}", root, { name: "one" });

  // The same in MLflow's words.
  const wire = (call: string, message: object) =>
    step(call.replace(" ", " /api/2.0/mlflow/"), asAna, {}, { name: "third", ...message });
  const entry = { key: "team", value: "vision" };
  await wire("POST registered-models/create", {});
  await wire("PATCH registered-models/update", { description: "the third" });
  await wire("POST registered-models/set-tag", entry);
  await wire("DELETE registered-models/delete-tag", entry);
  const version = { version: "1" };
  await wire("POST model-versions/create", { source: `runs:/${made.runId}/model` });
  await wire("PATCH model-versions/update", { ...version, description: "the first" });
  await wire("POST model-versions/set-tag", { ...version, ...entry });
  await wire("DELETE model-versions/delete-tag", { ...version, ...entry });
  await wire("POST model-versions/transition-stage", { ...version, stage: "Staging" });
  await wire("POST registered-models/alias", { ...version, alias: "blue" });
  await wire("DELETE registered-models/alias", { alias: "blue" });
  await wire("DELETE model-versions/delete", version);
  await wire("POST registered-models/rename", { new_name: "fourth" });
  await wire("DELETE registered-models/delete", { name: "fourth" });

  // The same as MLflow's clients ask for it.
  for (const wire of ["/api/2.0/mlflow", "/ajax-api/2.0/mlflow"]) {
    const name = `wire-${wire.startsWith("/ajax") ? 2 : 1}`;
    const models = (method: string, verb: string, body: object) =>
      step(`${method} ${wire}/registered-models/${verb}`, root, {}, { name, ...body });
    const versions = (method: string, verb: string, body: object) =>
      step(`${method} ${wire}/model-versions/${verb}`, root, {}, { name, version: "1", ...body });
    await models("POST", "create", {});
    await models("PATCH", "update", { description: "changed" });
    await models("POST", "set-tag", { key: "a", value: "b" });
    await models("DELETE", "delete-tag", { key: "a" });
    const source = `runs:/${made.runId}/model`;
    await step(`POST ${wire}/model-versions/create`, root, {}, { name, source, run_id: made.runId });
    await versions("PATCH", "update", { description: "changed" });
    await versions("POST", "set-tag", { key: "a", value: "b" });
    await versions("DELETE", "delete-tag", { key: "a" });
    await models("POST", "alias", { alias: "blue", version: "1" });
    await models("DELETE", "alias", { alias: "blue" });
    await versions("POST", "transition-stage", { stage: "Staging", archive_existing_versions: false });
    await versions("POST", "transition-stage", { stage: "Archived", archive_existing_versions: false });
    await versions("DELETE", "delete", {});
    await models("POST", "rename", { new_name: `${name}-b` });
    await step(`DELETE ${wire}/registered-models/delete`, root, {}, { name: `${name}-b` });
  }

  // Approvals.
  const duties = { requester: true, contributors: false };
  const body = policyBody({ separationOfDuties: duties, breakGlass: { allowed: true, reviewWithinHours: 24 } });
  const policy = await step("POST /api/policies", root, {}, { modelName: "digits", target: "alias:approved", body });
  const askFor = async (version: number) => {
    const wanted = { modelName: "digits", version, target: "alias:approved", reason: "better" };
    return { id: (await step("POST /api/approvals", asAna, {}, wanted)).id as string };
  };
  const first = await askFor(1);
  await step("POST /api/approvals/{id}/comments", asBen, first, { body: "hm" });
  await step("POST /api/approvals/{id}/evidence", asAna, first);
  await step("POST /api/approvals/{id}/reviews", asBen, first, { decision: "approve" });
  await step("DELETE /api/approvals/{id}/reviews", asBen, first);
  await step("POST /api/approvals/{id}/resubmit", asAna, first, { reason: "again" });
  await step("POST /api/approvals/{id}/reviews", asBen, first, { decision: "approve" });
  await step("POST /api/approvals/{id}/execute", asAna, first);
  await step("POST /api/approvals/{id}/withdraw", asAna, await askFor(2));
  const urgent = await askFor(3);
  await step("POST /api/approvals/{id}/break-glass", asCleo, urgent, { reason: "it burns" });
  await step("POST /api/approvals/{id}/later-review", asBen, urgent, { verdict: "justified", comment: "it did" });
  await step("DELETE /api/policies/{id}", root, { id: policy.id });
  const personal = await runtime.db.auditPersonal.findFirstOrThrow({ where: { erasedAt: null } });
  await step("POST /api/audit/personal/{id}/erase", root, { id: personal.id }, { reason: "asked to" });

  expect(silent).toEqual([]);
  // A hidden route is another path of one that is done.
  const isWrite = (route: Route) => route.method !== "get" && !isData(route) && route.hidden !== true;
  const writes = routes.filter(isWrite).map(nameOf);
  expect(writes.filter((name) => !done.has(name) && !CHANGES_NOTHING.some((end) => name.endsWith(end)))).toEqual([]);
  console.info(`governance writes on record: ${done.size} of ${done.size}`);
});

pgTest(
  "what fails leaves neither a gap nor a row in the chain, and is written down where it was refused",
  async ({ runtime, ctx }) => {
    const { ask } = openApi(runtime);
    const chief = await makePerson(runtime, ctx, { chief: true });
    const viewer = await makePerson(runtime, ctx, { role: "viewer" });
    const [root, asViewer] = [await chief.signIn(), await viewer.signIn()];
    await makeVersion(ctx);
    await setStage(ctx, { modelName: "digits", version: 1, stage: "Production" });
    const id = newId("p")
      .toLowerCase()
      .replaceAll(/[^a-z0-9]/g, "");
    await ask("/api/projects", { method: "post", headers: root, body: { id, name: id } });
    const heads = () => runtime.db.$queryRaw`SELECT chain, seq, hash FROM audit_head ORDER BY chain`;
    const before = await heads();
    const FAILS: [string, string, Headers, unknown, number][] = [
      ["post", "/api/projects", root, { id, name: id }, 409],
      ["post", "/api/models/digits/versions/9/stage", root, { stage: "Staging" }, 404],
      ["put", "/api/models/digits/aliases/blue", root, { version: 9 }, 404],
      ["patch", `/api/users/${newId("usr")}`, root, { disabled: true }, 404],
      ["put", "/api/password", root, { currentPassword: "wrong", newPassword: `${PASSWORD}!` }, 403],
      ["post", "/api/keys", root, { name: "k", scopes: ["tracking:read"], expiresAt: "2020-01-01T00:00:00Z" }, 400],
      ["post", "/api/policies", asViewer, {}, 403],
      ["delete", `/api/members/${chief.id}`, asViewer, undefined, 403],
      ["post", "/api/projects", {}, {}, 401],
    ];
    for (const [method, path, headers, body, status] of FAILS) {
      const response = await ask(path, { method, headers, body });
      expect(response.status, `${path}: ${await response.clone().text()}`).toBe(status);
      if (![401, 403].includes(status)) continue;
      const requestId = response.headers.get("x-request-id") ?? "";
      const written = () => runtime.db.deniedAttempt.count({ where: { requestId } });
      await expect.poll(written).toBe(1);
    }
    expect(await heads()).toEqual(before);
    // Many at once, half of which fail: the numbers of a chain stay without a gap.
    await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        ask(`/api/models/digits/aliases/a${index}`, {
          ...{ method: "put", headers: root, body: { version: index % 2 === 0 ? 1 : 9 } },
        }),
      ),
    );
    const gaps = await runtime.db.$queryRaw`
    SELECT h.chain FROM audit_head h JOIN audit_event e USING (chain) GROUP BY h.chain, h.seq
    HAVING count(*) <> h.seq OR max(e.seq) <> h.seq`;
    expect(gaps).toEqual([]);
  },
);
