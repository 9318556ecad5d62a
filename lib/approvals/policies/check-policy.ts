import { isReviewingRole, type Standing, thresholdsOf } from "#lib/approvals/eligibility.ts";
import { toEligible } from "#lib/approvals/get-request.ts";
import type { EligibleSet, Finding, PolicyBody, PolicyInput, Threshold } from "#lib/approvals/policy-schemas.ts";
import { selectReviewers } from "#lib/approvals/store/people.ts";
import { selectUnknown } from "#lib/approvals/store/policies.ts";
import { asRoom } from "#lib/approvals/system.ts";
import { requireScope } from "#lib/auth/scopes.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { listModels } from "#lib/registry/index.ts";

/** What the design asks of a risky model, where a policy for Production says nothing. */
export function withRiskDefault({ target, body }: Pick<PolicyInput, "target" | "body">): PolicyBody {
  const isOpen = target === "stage:Production" && body.riskOverrides === undefined;
  return isOpen ? { ...body, riskOverrides: { high: { approvals: 2 } } } : body;
}

/**
 * Who could approve under a policy, and whether it may be saved: a policy that nobody could satisfy would lock a model for
 * good. With separation of duties any one of those who may review is taken to be who asked or contributed, so one more is
 * needed than approvals.
 */
export async function checkPolicy(ctx: Ctx, input: PolicyInput): Promise<EligibleSet> {
  requireScope(ctx, "admin");
  const body = withRiskDefault(input);
  const reviewers = await selectReviewers(ctx);
  const spare = body.separationOfDuties.requester || body.separationOfDuties.contributors ? 1 : 0;
  const problems: Finding[] = await findUnknown(ctx, body);
  const warnings: Finding[] = [];
  const names = new Set<string>();

  const thresholds = body.thresholds.map((threshold, index) => {
    const field = `body.thresholds[${index}]`;
    const eligible = reviewers.filter((one) => thresholdsOf({ thresholds: [threshold] }, one).length > 0);
    // A service account that reviews is set up to do just that.
    const needed = eligible.some(({ kind }) => kind === "person") ? spare : 0;
    problems.push(...findThresholdProblems(threshold, { field, names, eligible, spare: needed }));
    names.add(threshold.name);
    const satisfiable = eligible.length - needed >= threshold.approvals;
    const { name, approvals } = threshold;
    return { name, approvals, eligible: eligible.flatMap(toEligible), satisfiable };
  });

  const all = reviewers.filter((one) => thresholdsOf(body, one).length > 0);
  const risks = await risksOf(ctx, input.modelName);
  for (const [risk, override] of Object.entries(body.riskOverrides ?? {})) {
    if (override === undefined || all.length - spare >= override.approvals) continue;
    const finding = tooFew(`body.riskOverrides.${risk}`, override.approvals, all, spare);
    (risks.has(risk) ? problems : warnings).push(finding);
  }
  if (body.breakGlass.allowed && !reviewers.some(({ grants }) => grants.includes("emergency"))) {
    warnings.push({
      field: "body.breakGlass",
      problem: "no reviewer has the grant emergency",
      remedy: "Give the grant emergency to a membership, or nobody can break the glass.",
    });
  }
  return { satisfiable: problems.length === 0, thresholds, problems, warnings };
}

function findThresholdProblems(
  threshold: Threshold,
  about: { field: string; names: ReadonlySet<string>; eligible: Standing[]; spare: number },
): Finding[] {
  const { field, names, eligible, spare } = about;
  if (names.has(threshold.name)) {
    const problem = "another threshold has this name";
    return [{ field: `${field}.name`, problem, remedy: "Give every threshold a name of its own." }];
  }
  const { roles, users, services } = threshold;
  if (roles.length + users.length + services.length === 0) {
    return [{ field, problem: "names nobody", remedy: "Name roles, people or service accounts." }];
  }
  const isEnough = eligible.length - spare >= threshold.approvals;
  return isEnough ? [] : [tooFew(`${field}.approvals`, threshold.approvals, eligible, spare)];
}

function tooFew(field: string, approvals: number, eligible: readonly Standing[], spare: number): Finding {
  const who = eligible.length === 0 ? "nobody" : eligible.map(({ name }) => name).join(", ");
  const why = spare === 0 ? "" : ", and one of them may be who asked or contributed";
  return {
    field,
    problem: `${approvals} must approve, but only ${who} could${why}`,
    remedy: "Ask for fewer approvals, name more people, or give more members the role reviewer.",
  };
}

/** Who is named but unknown, of the wrong kind, or may not review in this project. */
async function findUnknown(ctx: Ctx, { thresholds }: PolicyBody): Promise<Finding[]> {
  const reviewers = new Set(
    (await selectReviewers(ctx)).filter(({ role }) => isReviewingRole(role)).map(({ id }) => id),
  );
  const findings: Finding[] = [];
  for (const [index, threshold] of thresholds.entries()) {
    for (const [key, kind] of [
      ["users", "person"],
      ["services", "service"],
    ] as const) {
      const unknown = new Set(await selectUnknown(ctx, threshold[key], kind));
      for (const id of threshold[key]) {
        if (!unknown.has(id) && reviewers.has(id)) continue;
        const problem = unknown.has(id) ? `${id} is no ${kind}` : `${id} does not review in this project`;
        const remedy = unknown.has(id) ? "Choose from the project's members." : "Give them the role reviewer first.";
        findings.push({ field: `body.thresholds[${index}].${key}`, problem, remedy });
      }
    }
  }
  return findings;
}

/** The risks of the models that the policy is for. */
async function risksOf(ctx: Ctx, modelName: string): Promise<Set<string>> {
  const models = await listModels(asRoom(ctx));
  return new Set(models.filter(({ name }) => modelName === "*" || name === modelName).map(({ risk }) => risk));
}
