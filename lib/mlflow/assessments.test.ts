import { expect } from "vitest";
import { makeOwnerlessKey, openApi } from "#lib/api/testing/open-api.ts";
import { pgTest } from "#lib/testing/pg.ts";
import { createAssessment } from "#lib/tracking/assessments/create-assessment.ts";
import { deleteAssessment } from "#lib/tracking/assessments/delete-assessment.ts";
import { getAssessment } from "#lib/tracking/assessments/get-assessment.ts";
import { updateAssessment } from "#lib/tracking/assessments/update-assessment.ts";
import { ensureExperiment } from "#lib/tracking/create-experiment.ts";
import { startTrace } from "#lib/tracking/traces/start-trace.ts";

const TRACE_ID = `tr-${"0a".repeat(16)}`;
const TRACE = {
  ...{ id: TRACE_ID, requestedAt: 1_700_000_000_000, durationMs: 5, state: "OK" as const, metadata: {}, tags: {} },
  ...{ requestPreview: null, responsePreview: null, clientRequestId: null },
};
const GOOD = {
  ...{ name: "good", value: { kind: "feedback" as const, value: true, error: null }, sourceType: "HUMAN" as const },
  ...{ sourceId: null, spanId: null, rationale: null, metadata: {}, overrides: null },
};

pgTest("what comes with its trace is recorded once, however often the client tries", async ({ ctx }) => {
  const { id: experimentId } = await ensureExperiment(ctx, { name: "traces" });
  const told = { ...TRACE, experimentId, assessments: [GOOD, { ...GOOD, name: "again" }] };
  const first = await startTrace(ctx, told);
  expect(
    JSON.parse(first)
      .assessments.map((one: { assessment_name: string }) => one.assessment_name)
      .sort(),
  ).toEqual([...["again", "good"]]);
  expect(await startTrace(ctx, told)).toBe(first);
});

pgTest("an assessment is another project's as little as its trace is", async ({ ctx, make, db }) => {
  const other = await make.ctx({ projectId: `${ctx.projectId}-b` });
  const { id: experimentId } = await ensureExperiment(ctx, { name: "traces" });
  await startTrace(ctx, { ...TRACE, experimentId });
  const made = await createAssessment(ctx, { traceId: TRACE_ID, assessment: GOOD });
  const one = { traceId: TRACE_ID, id: JSON.parse(made).assessment_id };
  const absent = { kind: "not_found" };
  await expect(getAssessment(other, one)).rejects.toMatchObject(absent);
  await expect(updateAssessment(other, { ...one, name: "taken over" })).rejects.toMatchObject(absent);
  await expect(deleteAssessment(other, one)).rejects.toMatchObject(absent);
  await expect(createAssessment(other, { traceId: TRACE_ID, assessment: GOOD })).rejects.toMatchObject(absent);
  expect(await getAssessment(ctx, one)).toBe(made);
  await deleteAssessment(ctx, one);
  await deleteAssessment(ctx, one);
  await expect(getAssessment(ctx, one)).rejects.toMatchObject(absent);
  const where = { action: "assessment.delete", subject: `trace:${TRACE_ID}` };
  expect(await db.auditEvent.count({ where })).toBe(1);
});

pgTest(
  "over the wire: what is no assessment is refused, and one is found by what it says",
  async ({ runtime, ctx }) => {
    const { ask } = openApi(runtime);
    const headers = await makeOwnerlessKey(runtime, ctx);
    const { id: experimentId } = await ensureExperiment(ctx, { name: "traces" });
    await startTrace(ctx, { ...TRACE, experimentId });
    const send = async (assessment: unknown) => {
      const path = `/api/3.0/mlflow/traces/${TRACE_ID}/assessments`;
      const reply = await ask(path, { method: "post", headers, body: { assessment } });
      return { status: reply.status, body: await reply.json() };
    };
    const name = "x";
    for (const wrong of [
      {},
      { assessment_name: name },
      { assessment_name: "", feedback: { value: 1 } },
      { assessment_name: name, feedback: { value: 1 }, expectation: { value: 1 } },
      { assessment_name: name, expectation: {} },
      { assessment_name: name, expectation: { serialized_value: { serialization_format: "PICKLE", value: "1" } } },
      { assessment_name: name, expectation: { serialized_value: { serialization_format: "JSON_FORMAT", value: "{" } } },
      { assessment_name: name, feedback: { value: "x".repeat(1_000_001) } },
      { assessment_name: name, feedback: { value: "a\0b" } },
      { assessment_name: name, feedback: { value: 1 }, source: { source_type: "ORACLE" } },
    ]) {
      expect((await send(wrong)).status, JSON.stringify(wrong).slice(0, 100)).toBe(400);
    }
    expect((await send({ assessment_name: name, feedback: { value: 1 }, overrides: "a-nothing" })).status).toBe(404);
    const search = async (filter: string) => {
      const locations = [{ mlflow_experiment: { experiment_id: experimentId } }];
      const asked = { method: "post", headers, body: { locations, filter } };
      return (await (await ask("/api/3.0/mlflow/traces/search", asked)).json()).traces?.length ?? 0;
    };
    await send({ assessment_name: name, feedback: { value: ["a"] } });
    await send({ assessment_name: "it's", feedback: { value: 0.5 } });
    expect(await search("feedback.`it's` > 0.4 OR feedback.nothing = 'x'")).toBe(1);
    expect(await search("feedback.`it's` > 0.6")).toBe(0);
    expect(await search("feedback.x IS NULL")).toBe(0);
  },
);
