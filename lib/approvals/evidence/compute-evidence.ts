import { compareVersions } from "#lib/approvals/evidence/compare-versions.ts";
import { digestOf } from "#lib/approvals/evidence/digest.ts";
import type { Evidence } from "#lib/approvals/evidence/schemas.ts";
import { type EvidenceRequest, selectEvidenceRequest, writeEvidence } from "#lib/approvals/evidence/store.ts";
import { evidenceArrived } from "#lib/approvals/evidence-arrived.ts";
import { REQUEST_TRANSITIONS } from "#lib/approvals/status.ts";
import { requireScope } from "#lib/auth/scopes.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { withTransaction } from "#lib/platform/db.ts";
import { isAppError, messageOf } from "#lib/platform/errors.ts";
import { getProductionVersion } from "#lib/registry/index.ts";

export interface ComputeEvidenceInput {
  requestId: string;
  round: number;
  /** Also when there is evidence of this round already. */
  again?: boolean;
}

/** `outdated`: the request is gone, decided or in another round, and nothing was written. */
export type EvidenceOutcome = "stored" | "there_already" | "outdated";

/**
 * Computes the evidence of a request's round and stores it with its digest: the version against the one that it replaces,
 * or else against the one in Production. Only the round that was asked for is written to. A failure is written to
 * `evidence_error` in plain words before it is thrown, so it is never silently absent.
 *
 * @throws AppError as {@link compareVersions}
 */
export async function computeEvidence(ctx: Ctx, input: ComputeEvidenceInput): Promise<EvidenceOutcome> {
  requireScope(ctx, "approvals:request");
  const request = await selectEvidenceRequest(ctx, input.requestId);
  if (request === null || !isWanted(request, input.round)) {
    return "outdated";
  }
  if (request.hasEvidence && !input.again) {
    return "there_already";
  }
  try {
    const evidence = await compareVersions(ctx, {
      modelName: request.modelName,
      candidate: request.modelVersion,
      champion: await championOf(ctx, request),
      contributors: request.contributors,
    });
    return await store(ctx, input, { evidence, digest: digestOf(evidence) });
  } catch (error) {
    await store(ctx, input, { error: inPlainWords(error) });
    throw error;
  }
}

function isWanted(request: EvidenceRequest, round: number): boolean {
  return request.round === round && REQUEST_TRANSITIONS.evidence[request.state] !== "ignore";
}

async function championOf(ctx: Ctx, request: EvidenceRequest): Promise<number | null> {
  const { modelName, modelVersion, replaces } = request;
  const champion = replaces ?? (await getProductionVersion(ctx, { modelName }))?.version ?? null;
  return champion === modelVersion ? null : champion;
}

async function store(
  ctx: Ctx,
  input: ComputeEvidenceInput,
  found: { evidence: Evidence; digest: string } | { error: string },
): Promise<EvidenceOutcome> {
  const { requestId, round } = input;
  return withTransaction(ctx, async (tx) => {
    const request = await selectEvidenceRequest(tx, requestId, { lock: true });
    if (request === null || !isWanted(request, round)) {
      return "outdated";
    }
    await writeEvidence(tx, requestId, found);
    // On record and in the outbox by this; reviews that waited for gates may decide now.
    await evidenceArrived(tx, { id: requestId, round });
    return "stored";
  });
}

/** Messages of our own errors are made for people; others may hold paths or worse and stay in the log. */
function inPlainWords(error: unknown): string {
  if (isAppError(error)) return error.message;
  return `The evidence could not be computed: ${messageOf(error).split("\n")[0]?.slice(0, 300)}`;
}
