import { savePolicy } from "#lib/approvals/policies/save-policy.ts";
import { requestApproval } from "#lib/approvals/request-approval.ts";
import { makePerson, policyBody } from "#lib/approvals/testing/scene.ts";
import { createApiKey } from "#lib/auth/create-api-key.ts";
import { createServiceAccount } from "#lib/auth/create-service-account.ts";
import { invite } from "#lib/auth/invite.ts";
import { openSession } from "#lib/auth/open-session.ts";
import { drawSynthetic } from "#lib/datasets/draw-synthetic.ts";
import { recordDataset } from "#lib/datasets/record-dataset.ts";
import { identityOnnx } from "#lib/engine/onnx/testing/odd-models.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { withTransaction } from "#lib/platform/db.ts";
import { newId } from "#lib/platform/ids.ts";
import { setAlias } from "#lib/registry/set-alias.ts";
import { setStage } from "#lib/registry/set-stage.ts";
import { makeVersion } from "#lib/registry/testing/make-version.ts";
import { createDeployment } from "#lib/serving/deployments/create-deployment.ts";
import type { GivenAssessment } from "#lib/tracking/assessments/assessment.ts";
import { ensureExperiment } from "#lib/tracking/create-experiment.ts";
import { createUpload } from "#lib/tracking/files/upload-in-parts.ts";
import { getRun } from "#lib/tracking/get-run.ts";
import { logMetrics } from "#lib/tracking/log-metrics.ts";
import { createLoggedModel } from "#lib/tracking/logged-models/create-logged-model.ts";
import { startTrace } from "#lib/tracking/traces/start-trace.ts";
import { submitStrategy } from "#lib/training/submit-strategy.ts";

/** Real things of one project, by the path that names them: the longest beginning of a route's path counts. */
export type Things = [path: string, params: Record<string, string>][];

/** Makes one of everything that has an id, in the context's project. The context is an admin's of the instance. */
export async function makeThings(ctx: Ctx, person: { id: string }): Promise<Things> {
  const version = await makeVersion(ctx);
  const runId = version.runId ?? "";
  await logMetrics(ctx, { runId, points: [{ key: "loss", step: 1, at: 1, value: 0.5 }] });
  await setAlias(ctx, { modelName: version.modelName, alias: "candidate", version: version.version });
  await recordDataset(ctx, "synthetic-digits", await drawSynthetic({ train: 60, test: 20 }, () => undefined));
  const strategy = await submitStrategy(ctx, { name: "mnist-three-runs" });
  const queued = strategy.runs[0]?.runId ?? "";
  const key = await createApiKey(ctx, { name: "theirs", scopes: ["tracking:read"] });
  const account = await createServiceAccount(ctx, { name: "theirs", role: "member" });
  const invitation = await invite(ctx, { email: `${newId("p").toLowerCase()}@example.org`, role: "viewer" });
  const session = await withTransaction(ctx, (tx) => openSession(tx, { userId: person.id, method: "password" }));
  await makePerson(ctx, { name: "A reviewer", role: "reviewer" });
  const wanted = { modelName: version.modelName, target: "alias:approved" };
  const body = policyBody({ separationOfDuties: { requester: false, contributors: false } });
  const policy = await savePolicy(ctx, { ...wanted, body });
  const request = await requestApproval(ctx, { ...wanted, version: version.version, reason: "it is better" });
  const experiment = await ensureExperiment(ctx, { name: "theirs" });
  const model = { name: version.modelName, version: String(version.version), alias: "candidate" };
  const of = { kind: "run", id: runId } as const;
  const { uploadId } = await createUpload(ctx, { of, path: "model/large.bin", parts: 2 });
  const { experimentId } = await getRun(ctx, { id: runId });
  const logged = await createLoggedModel(ctx, { experimentId, name: "theirs", tags: { team: "theirs" } });
  const traceId = `tr-${runId}`;
  const trace = {
    ...{ id: traceId, experimentId, requestedAt: 1, durationMs: 1, state: "OK" as const, metadata: {} },
    ...{ requestPreview: null, responsePreview: null, clientRequestId: null, tags: { team: "theirs" } },
  };
  const assessment: GivenAssessment = {
    ...{ name: "theirs", value: { kind: "expectation", value: "theirs" }, sourceType: "HUMAN", sourceId: null },
    ...{ spanId: null, rationale: null, metadata: {}, overrides: null },
  };
  const assessmentId = "a-of-theirs";
  await startTrace(ctx, { ...trace, assessments: [{ ...assessment, id: assessmentId }] });
  const files = `${experimentId}/${runId}/artifacts/model`;
  const deployment = await createDeployment(ctx, { name: "theirs", modelName: version.modelName });
  return [
    ["/api/deployments/{name}", { name: deployment.name }],
    ["/predict/{deployment}", { deployment: deployment.name }],
    ["/batch-predict/{deployment}", { deployment: deployment.name }],
    ["/api/2.0/mlflow/logged-models/{model_id}", { model_id: logged.id, key: "team" }],
    ["/api/2.0/mlflow/traces/{trace_id}", { trace_id: traceId }],
    ["/api/3.0/mlflow/traces/{trace_id}", { trace_id: traceId, assessment_id: assessmentId }],
    ["/api/2.0/mlflow-artifacts/", { path: `${files}/model.onnx` }],
    ["/api/2.0/mlflow-artifacts/mpu/", { path: files, upload: uploadId, number: "1" }],
    ["/api/runs/{id}", { id: runId, path: "model/model.onnx" }],
    ["/api/experiments/{id}", { id: experiment.id }],
    ["/api/training/runs/{id}", { id: queued }],
    ["/api/training/strategy-runs/{id}", { id: strategy.id }],
    ["/api/models/{name}", model],
    ["/api/datasets/{name}", { name: "synthetic-digits", version: "1" }],
    ["/api/keys/{id}", { id: key.id }],
    ["/api/service-accounts/{id}", { id: account.id }],
    ["/api/invitations/{id}", { id: invitation.id }],
    ["/api/members/{userId}", { userId: person.id }],
    ["/api/approvals/{id}", { id: request.id }],
    ["/api/policies/{id}", { id: policy.id }],
    ["/api/projects/{id}", { id: ctx.projectId }],
    ["/api/sessions/{id}", { id: session.sid }],
    ["/v2/models/{name}", await serveOne(ctx)],
  ];
}

/** A model in Production, and a deployment of it. */
async function serveOne(ctx: Ctx): Promise<{ name: string; version: string }> {
  const name = "served";
  const { version } = await makeVersion(ctx, name, identityOnnx("float32", [1]));
  await setStage(ctx, { modelName: name, version, stage: "Production", reason: "" });
  const { projectId } = ctx;
  await ctx.db.deployment.create({ data: { id: newId("dep"), projectId, name, modelName: name, access: "key" } });
  return { name, version: String(version) };
}

/** Bodies that would be taken, of the routes that name something by an id. */
export const BODIES: { [route: string]: unknown } = {
  "PATCH /api/2.0/mlflow/logged-models/{model_id}": { status: "LOGGED_MODEL_READY" },
  "PATCH /api/2.0/mlflow/logged-models/{model_id}/tags": { tags: [{ key: "team", value: "taken over" }] },
  "POST /api/2.0/mlflow/logged-models/{model_id}/params": { params: [{ key: "lr", value: "taken over" }] },
  "PATCH /api/2.0/mlflow/traces/{trace_id}/tags": { key: "team", value: "taken over" },
  "DELETE /api/2.0/mlflow/traces/{trace_id}/tags": { key: "team" },
  "PATCH /api/3.0/mlflow/traces/{trace_id}/tags": { key: "team", value: "taken over" },
  "DELETE /api/3.0/mlflow/traces/{trace_id}/tags": { key: "team" },
  "POST /api/3.0/mlflow/traces/{trace_id}/assessments": {
    assessment: { assessment_name: "taken over", feedback: { value: true } },
  },
  "PATCH /api/3.0/mlflow/traces/{trace_id}/assessments/{assessment_id}": {
    assessment: { assessment_name: "taken over" },
    update_mask: "assessmentName",
  },
  "POST /api/2.0/mlflow-artifacts/mpu/create/{path+}": { path: "/tmp/large.bin", num_parts: 2 },
  "POST /api/2.0/mlflow-artifacts/mpu/complete/{path+}": { path: "/tmp/large.bin", upload_id: "upl_1", parts: [] },
  "POST /api/2.0/mlflow-artifacts/mpu/abort/{path+}": { path: "/tmp/large.bin", upload_id: "upl_1" },
  "POST /v2/models/{name}/infer": { inputs: [{ name: "x", shape: [1], datatype: "FP32", data: [1] }] },
  "POST /v2/models/{name}/versions/{version}/infer": {
    inputs: [{ name: "x", shape: [1], datatype: "FP32", data: [1] }],
  },
  "PATCH /api/projects/{id}": { name: "taken over" },
  "PUT /api/members/{userId}": { role: "viewer" },
  "PATCH /api/service-accounts/{id}": { disabled: true },
  "PATCH /api/deployments/{name}": { access: "public" },
  "PUT /api/deployments/{name}/traffic": { traffic: { champion: 1 } },
  "POST /predict/{deployment}": { pixels: [1] },
  "POST /batch-predict/{deployment}": { items: [{ pixels: [1] }] },
  "PATCH /api/runs/{id}": { name: "taken over" },
  "POST /api/models/{name}/versions": { runId: "0".repeat(32) },
  "POST /api/models/{name}/versions/{version}/stage": { stage: "Archived" },
  "POST /api/approvals/{id}/reviews": { decision: "approve" },
  "POST /api/approvals/{id}/comments": { body: "taken over" },
  "POST /api/approvals/{id}/resubmit": { reason: "taken over" },
  "POST /api/approvals/{id}/withdraw": {},
  "POST /api/approvals/{id}/break-glass": { reason: "taken over" },
  "POST /api/approvals/{id}/later-review": { verdict: "justified", comment: "taken over" },
  "PATCH /api/models/{name}": { description: "taken over" },
  "PUT /api/models/{name}/aliases/{alias}": { version: 1 },
  "PUT /api/models/{name}/versions/{version}/card": { texts: { caveats: "taken over" } },
  "POST /api/audit/personal/{id}/erase": { reason: "taken over" },
};
