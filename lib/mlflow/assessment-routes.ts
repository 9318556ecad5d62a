import { z } from "zod";
import {
  AssessmentUpdate,
  fromWireAssessment,
  fromWireUpdate,
  WireAssessment,
  WireGivenAssessment,
} from "#lib/mlflow/wire/assessment.ts";
import { jsonReply } from "#lib/mlflow/wire/trace.ts";
import { Nothing } from "#lib/mlflow/wire/values.ts";
import { type Route, route } from "#lib/platform/http/route.ts";
import { createAssessment } from "#lib/tracking/assessments/create-assessment.ts";
import { deleteAssessment } from "#lib/tracking/assessments/delete-assessment.ts";
import { getAssessment } from "#lib/tracking/assessments/get-assessment.ts";
import { updateAssessment } from "#lib/tracking/assessments/update-assessment.ts";

const tag = "MLflow: traces";
const base = "/api/3.0/mlflow/traces/{trace_id}/assessments";
const OfTrace = z.object({ trace_id: z.string().max(100) });
const One = OfTrace.extend({ assessment_id: z.string().max(100) });
const Reply = z.object({ assessment: WireAssessment });

export const assessmentRoutes: Route[] = [
  route({
    method: "post",
    path: base,
    summary: "Record feedback on a trace, or what was expected",
    tag,
    auth: "tracking:write",
    params: OfTrace,
    body: z.looseObject({ assessment: WireGivenAssessment }),
    response: Reply,
    handle: async ({ ctx, params, body }) => {
      const assessment = fromWireAssessment(body.assessment);
      return jsonReply(`{"assessment":${await createAssessment(ctx, { traceId: params.trace_id, assessment })}}`);
    },
  }),
  route({
    method: "get",
    path: `${base}/{assessment_id}`,
    summary: "Get an assessment",
    tag,
    auth: "tracking:read",
    params: One,
    response: Reply,
    handle: async ({ ctx, params }) => {
      const { trace_id: traceId, assessment_id: id } = params;
      return jsonReply(`{"assessment":${await getAssessment(ctx, { traceId, id })}}`);
    },
  }),
  route({
    method: "patch",
    path: `${base}/{assessment_id}`,
    summary: "Update an assessment",
    description: "`update_mask` names the fields that change, with commas.",
    tag,
    auth: "tracking:write",
    params: One,
    body: AssessmentUpdate,
    response: Reply,
    handle: async ({ ctx, params, body }) => {
      const { trace_id: traceId, assessment_id: id } = params;
      return jsonReply(`{"assessment":${await updateAssessment(ctx, { traceId, id, ...fromWireUpdate(body) })}}`);
    },
  }),
  route({
    method: "delete",
    path: `${base}/{assessment_id}`,
    summary: "Delete an assessment",
    tag,
    auth: "tracking:write",
    params: One,
    response: Nothing,
    handle: async ({ ctx, params }) => {
      await deleteAssessment(ctx, { traceId: params.trace_id, id: params.assessment_id });
      return {};
    },
  }),
];
