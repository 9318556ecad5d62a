import { requireScope } from "#lib/auth/scopes.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { getVersion } from "#lib/registry/get-model.ts";
import { reproduceCommand } from "#lib/registry/reproduce-command.ts";
import type { ModelVersion } from "#lib/registry/schemas.ts";
import { getRun } from "#lib/tracking/index.ts";
import { judgeReproduction, TOLERANCE } from "#lib/training/judge-reproduction.ts";
import type { Reproduction } from "#lib/training/schemas.ts";
import { selectJob } from "#lib/training/store/jobs.ts";
import { selectReproductions } from "#lib/training/store/reproductions.ts";

const MOST = 50;

/**
 * How often a version was trained again, and what came of it, newest first; with the command that does it.
 *
 * @throws NotFoundError no such version in the project
 */
export async function listReproductions(
  ctx: Ctx,
  input: { name: string; version: number },
): Promise<{ command: string; items: Reproduction[] }> {
  for (const scope of ["registry:read", "tracking:read"] as const) requireScope(ctx, scope);
  const version = await getVersion(ctx, input);
  const runIds = await selectReproductions(ctx, `${version.modelName}/${version.version}`, MOST);
  const items: Reproduction[] = [];
  for (const runId of runIds) items.push(await readReproduction(ctx, version, runId));
  return { command: reproduceCommand(version.modelName, version.version), items };
}

/** Unguarded: for verbs that have checked already. */
export async function readReproduction(ctx: Ctx, version: ModelVersion, runId: string): Promise<Reproduction> {
  const originalRunId = version.runId ?? runId;
  const [original, again] = [await getRun(ctx, { id: originalRunId }), await getRun(ctx, { id: runId })];
  const job = await selectJob(ctx, runId);
  return {
    runId,
    modelName: version.modelName,
    version: version.version,
    originalRunId,
    status: again.status,
    epochs: job?.spec.epochs ?? 1,
    epochsDone: job?.epochsDone ?? 0,
    createdAt: again.createdAt,
    createdBy: again.createdBy,
    originalDigest: version.onnxDigest,
    tolerance: TOLERANCE,
    ...judgeReproduction({ run: original, digest: version.onnxDigest }, again),
  };
}
