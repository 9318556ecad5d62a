import { digestOf } from "#lib/approvals/evidence/digest.ts";
import type { Policy } from "#lib/approvals/policy-schemas.ts";
import type { Subject } from "#lib/approvals/schemas.ts";
import { selectHands, selectMakers } from "#lib/approvals/store/people.ts";
import { asRoom } from "#lib/approvals/system.ts";
import { actorName, type Ctx } from "#lib/platform/ctx.ts";
import { NotFoundError } from "#lib/platform/errors.ts";
import { cardDigest } from "#lib/registry/card-digest.ts";
import { getModel } from "#lib/registry/index.ts";
import type { ModelDetail, ModelVersion } from "#lib/registry/schemas.ts";

/** What a request is about, as it is now. */
export interface SubjectNow {
  subject: Subject;
  digest: string;
  version: ModelVersion;
  /** Who wrote the model card, as actors' names. */
  cardEditors: string[];
  cardMissing: string[];
}

/**
 * Puts together everything that would take effect now.
 *
 * @throws NotFoundError no such version in the project
 */
export async function readSubject(
  ctx: Ctx,
  wanted: {
    modelName: string;
    version: number;
    target: string;
    policy: Pick<Policy, "id" | "version">;
    evidenceId: string;
  },
): Promise<SubjectNow> {
  const room = asRoom(ctx);
  const model = await getModel(room, { name: wanted.modelName });
  const version = model.versions.find((one) => one.version === wanted.version);
  if (version === undefined) {
    throw new NotFoundError(`Version ${wanted.version} of ${wanted.modelName}`);
  }
  const card = await cardDigest(room, { id: version.id });
  const { datasetDigest } = version.lineage;
  const subject: Subject = {
    kind: wanted.target.startsWith("stage:") ? "version.stage" : "version.alias",
    modelName: wanted.modelName,
    version: wanted.version,
    target: wanted.target,
    onnxDigest: version.onnxDigest,
    replaces: holderOf(model, wanted.target),
    cardDigest: card.digest,
    risk: model.risk,
    datasetDigests: datasetDigest === null ? [] : [datasetDigest],
    policyId: wanted.policy.id,
    policyVersion: wanted.policy.version,
    evidenceId: wanted.evidenceId,
  };
  const cardMissing = card.completeness.missing.map((key) =>
    key.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`),
  );
  return { subject, digest: digestOf(subject), version, cardEditors: card.editors, cardMissing };
}

/** Staging holds any number of versions: nobody gives it up. */
function holderOf(model: ModelDetail, target: string): number | null {
  if (target === "stage:Production") return model.productionVersion;
  if (!target.startsWith("alias:")) return null;
  const alias = target.slice("alias:".length);
  // Own ones only: an alias may be called `constructor`.
  return Object.hasOwn(model.aliases, alias) ? (model.aliases[alias] ?? null) : null;
}

/**
 * Ids of the users who made what is to be approved: who ran and registered it, who wrote its card, and who holds a key that
 * is nobody's own where that key did it or asks for it now: nobody approves what their robot asks for.
 */
export async function readContributors(ctx: Ctx, now: SubjectNow): Promise<string[]> {
  const { actor } = ctx;
  const isRobot = actor.type === "apiKey" && (actor.isService === true || actor.userId === undefined);
  const asks = isRobot ? [actorName(actor)] : [];
  return selectHands(ctx, [...(await selectMakers(ctx, now.version.id)), ...now.cardEditors, ...asks]);
}
