import type { Ctx } from "#lib/platform/ctx.ts";
import { NotFoundError, UnavailableError } from "#lib/platform/errors.ts";
import { bucketOf } from "#lib/serving/assignment/bucket.ts";
import { pickArm } from "#lib/serving/assignment/pick-arm.ts";
import { openDeployment } from "#lib/serving/open-deployment.ts";
import type { Deployment, RouteRow } from "#lib/serving/store/routes.ts";
import { unitOf } from "#lib/serving/traffic/caller.ts";
import type { KnownTable } from "#lib/serving/traffic/live-deployment.ts";
import type { KnownVersion, Targets } from "#lib/serving/traffic/resolve-table.ts";
import { trafficRouter } from "#lib/serving/traffic/router.ts";
import type { ArmName, StickyBy } from "#lib/serving/traffic/schemas.ts";

/** A version that may answer, and its file. */
interface Candidate {
  version: number;
  onnxDigest: string;
  arm: ArmName;
}

/** How a request is routed by the traffic table. */
export interface Served {
  deployment: Deployment;
  generation: number;
  assigned: ArmName;
  stickyBy: StickyBy | null;
  /** Who is to answer, and who stands in where it cannot. */
  candidates: [Candidate, ...Candidate[]];
}

/** Which model is asked for; a version by its number has to be one that may answer. */
export interface Asked {
  name: string;
  version?: number | undefined;
  /** Of the request: they keep a caller to a version. */
  headers?: Headers;
}

/**
 * The versions that may answer a caller, the first one first. What is under way goes on with them, whatever comes meanwhile.
 *
 * @throws NotFoundError    as `openDeployment`, or that version answers nobody
 * @throws UnavailableError no version can answer (`no_model`, `no_onnx_file`)
 */
export async function findServed(ctx: Ctx, asked: Asked): Promise<Served> {
  const live = await openDeployment(ctx, asked.name);
  if (whyUnavailable(live.known.row, live.known.targets) !== null) await trafficRouter().refresh();
  const { known } = live;
  const problem = whyUnavailable(known.row, known.targets);
  if (asked.version !== undefined) return findNumbered(known, asked.name, asked.version);
  const champion = candidateOf(known.targets.champion, "champion");
  if (champion === null) {
    const code = known.targets.problem === "no_onnx_file" ? "no_onnx_file" : "no_model";
    throw new UnavailableError(problem ?? "", { code, retryAfterSeconds: 10 });
  }
  const { deployment, generation, entries } = known.row;
  const common = { deployment, generation };
  const { challengers } = known.targets;
  if (challengers.length === 0 || !known.isConfirmed) {
    return { ...common, assigned: "champion", stickyBy: null, candidates: [champion] };
  }
  const { requestId, actor } = ctx;
  const unit = unitOf({ actor, requestId, ...(asked.headers !== undefined && { headers: asked.headers }) });
  const weights = challengers.map(({ weight }) => weight);
  const chosen = challengers[pickArm(bucketOf(entries?.salt ?? "", unit.value), weights)];
  const challenger = candidateOf(chosen?.target ?? null, "challenger");
  return {
    ...common,
    assigned: chosen === undefined ? "champion" : "challenger",
    stickyBy: unit.by,
    candidates: challenger === null ? [champion] : [challenger, champion],
  };
}

/** Why nothing can answer; null: something can. */
export function whyUnavailable({ deployment }: RouteRow, { problem, champion }: Targets): string | null {
  if (problem === "none_in_production") return `No version of ${deployment.modelName} is in Production yet.`;
  if (problem === null) return null;
  return `Version ${champion?.version} of ${deployment.modelName} is to answer, but has no ONNX file: it cannot be served.`;
}

/** The champion, a challenger, or the one in Production; shadows answer nobody. */
function findNumbered({ row, targets }: KnownTable, name: string, version: number): Served {
  const may: [KnownVersion | null | undefined, ArmName][] = [
    [targets.champion, "champion"],
    ...targets.challengers.map(({ target }): [KnownVersion | null, ArmName] => [target, "challenger"]),
    [row.versions.find(({ stage }) => stage === "Production"), "champion"],
  ];
  for (const [found, arm] of may) {
    const candidate = found?.version === version ? candidateOf(found, arm) : null;
    if (candidate === null) continue;
    const { deployment, generation } = row;
    return { deployment, generation, assigned: arm, stickyBy: null, candidates: [candidate] };
  }
  throw new NotFoundError(`Version ${version} of ${name}, as one that answers,`);
}

function candidateOf(known: KnownVersion | null, arm: ArmName): Candidate | null {
  if (known === null || known.onnxDigest === null) return null;
  return { version: known.version, onnxDigest: known.onnxDigest, arm };
}
