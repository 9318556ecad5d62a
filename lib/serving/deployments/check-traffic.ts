import type { Tx } from "#lib/platform/db.ts";
import { type ErrorDetail, ForbiddenError, InvalidError } from "#lib/platform/errors.ts";
import { selectKnownVersions } from "#lib/serving/store/deployments.ts";
import { mayAnswer } from "#lib/serving/traffic/resolve-table.ts";
import type { Traffic } from "#lib/serving/traffic/schemas.ts";

/** The versions that a table names by number, with the field that does. */
function namedBy(traffic: Traffic): { version: number; field: string; answers: boolean }[] {
  return [
    ...(traffic.champion === "Production"
      ? []
      : [{ version: traffic.champion, field: "traffic.champion", answers: true }]),
    ...traffic.challengers.map(({ version }, at) => ({
      ...{ version, field: `traffic.challengers[${at}].version`, answers: true },
    })),
    ...traffic.shadows.map(({ version }, at) => ({
      ...{ version, field: `traffic.shadows[${at}].version`, answers: false },
    })),
  ];
}

export function versionsOf(traffic: Traffic): number[] {
  return namedBy(traffic).map(({ version }) => version);
}

/**
 * Whether a table can be served, and may be. Called with the model's row locked, so that no version goes meanwhile.
 *
 * @throws InvalidError   a version is not there, or has no ONNX file
 * @throws ForbiddenError `approval_required`: a policy protects the model's Production, and a version that would answer never
 *   got there by an approval
 */
export async function checkTraffic(
  tx: Tx,
  of: { modelName: string; isProtected: boolean; traffic: Traffic; reason: string },
): Promise<void> {
  const { modelName, isProtected, traffic } = of;
  const named = namedBy(traffic);
  const known = await selectKnownVersions(tx, modelName, versionsOf(traffic));
  const details = named.flatMap(({ version, field }): ErrorDetail[] => {
    const found = known.find((one) => one.version === version);
    if (found === undefined) {
      return [{ field, problem: `${modelName} has no version ${version}`, remedy: "Name one of its versions." }];
    }
    if (found.onnxDigest === null) {
      const problem = `version ${version} has no ONNX file`;
      return [{ field, problem, remedy: "Register the model as ONNX, as one .onnx file." }];
    }
    return [];
  });
  if (details.length > 0) throw new InvalidError("The table names a version that cannot be served.", { details });
  for (const { version, field, answers } of named) {
    const found = known.find((one) => one.version === version);
    if (answers && found !== undefined && !mayAnswer(found, isProtected)) {
      throw notApproved(tx, { modelName, version, field });
    }
  }
  if (isProtected && named.some(({ answers }) => answers) && of.reason.trim() === "") {
    throw new InvalidError("Production is protected: a table that names who answers needs a reason.", {
      details: [{ field: "reason", problem: "is empty", remedy: "Say why; it is part of the record." }],
    });
  }
}

function notApproved(tx: Tx, of: { modelName: string; version: number; field: string }): ForbiddenError {
  const { modelName, version, field } = of;
  const query = new URLSearchParams({
    ...{ model: modelName, version: String(version), target: "stage:Production" },
    ...(tx.projectId !== "default" && { project: tx.projectId }),
  });
  return new ForbiddenError(`Version ${version} of ${modelName} answers callers only after an approval.`, {
    code: "approval_required",
    details: [
      {
        field,
        problem: "Production of the model is protected by a policy, and no approval ever put this version there",
        remedy: `Let it mirror as a shadow, or ask for approval: /approvals/new?${query}`,
      },
    ],
  });
}
