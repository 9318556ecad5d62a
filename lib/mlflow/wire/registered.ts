import { z } from "zod";
import { Entry, requiredText, toEntries, unlessEmpty } from "#lib/mlflow/wire/values.ts";
import { missingParameter } from "#lib/platform/http/mlflow-fault.ts";
import type { ModelSummary, ModelVersion } from "#lib/registry/schemas.ts";
import { STAGES, type Stage } from "#lib/registry/status.ts";

/** Registered models and their versions on the wire. Times are Unix milliseconds; a version is its number as text. */

/** A model by its name, in NFC as names are kept. */
export const WireModelName = requiredText("name").transform((name) => name.normalize("NFC"));

/** A version's number, as text or as a number. */
export const WireVersionNumber = z
  .union([z.string(), z.int().transform(String)], { error: () => missingParameter("version") })
  .pipe(
    requiredText("version")
      .regex(/^[0-9]{1,9}$/, "Parameter 'version' must be an integer")
      .transform(Number),
  );

/** A stage in any letters. */
export const WireStage = requiredText("stage").transform((given, at): Stage => {
  const stage = STAGES.find((one) => one.toLowerCase() === given.toLowerCase());
  if (stage !== undefined) return stage;
  const shown = given.slice(0, 80);
  at.addIssue({
    code: "custom",
    message: `Invalid Model Version stage: ${shown}. Value must be one of ${STAGES.join(", ")}.`,
    params: { remedy: `Send one of ${STAGES.join(", ")}.` },
  });
  return z.NEVER;
});

export const WireModelVersion = z.object({
  name: z.string(),
  version: z.string(),
  creation_timestamp: z.int(),
  last_updated_timestamp: z.int(),
  user_id: z.string(),
  current_stage: z.enum(STAGES),
  description: z.string(),
  source: z.string(),
  run_id: z.string(),
  run_link: z.string(),
  status: z.literal("READY"),
  tags: z.array(Entry).optional(),
  aliases: z.array(z.string()).optional(),
});
export type WireModelVersion = z.infer<typeof WireModelVersion>;

export const WireRegisteredModel = z.object({
  name: z.string(),
  creation_timestamp: z.int(),
  last_updated_timestamp: z.int(),
  description: z.string().optional(),
  latest_versions: z.array(WireModelVersion).optional(),
  tags: z.array(Entry).optional(),
  aliases: z.array(z.object({ alias: z.string(), version: z.string() })).optional(),
});
export type WireRegisteredModel = z.infer<typeof WireRegisteredModel>;

export function toWireVersion(version: ModelVersion): WireModelVersion {
  return {
    name: version.modelName,
    version: String(version.version),
    creation_timestamp: Date.parse(version.createdAt),
    last_updated_timestamp: Date.parse(version.updatedAt),
    user_id: version.createdBy,
    current_stage: version.stage,
    description: version.description,
    source: version.source,
    run_id: version.runId ?? "",
    run_link: "",
    status: "READY",
    ...unlessEmpty("tags", toEntries(version.tags)),
    ...unlessEmpty("aliases", version.aliases),
  };
}

/** @param latest the version of the greatest number in each stage */
export function toWireModel(model: ModelSummary, latest: readonly ModelVersion[]): WireRegisteredModel {
  const aliases = Object.entries(model.aliases).map(([alias, version]) => ({ alias, version: String(version) }));
  return {
    name: model.name,
    creation_timestamp: Date.parse(model.createdAt),
    last_updated_timestamp: Date.parse(model.updatedAt),
    ...(model.description !== "" && { description: model.description }),
    ...unlessEmpty("latest_versions", latest.map(toWireVersion)),
    ...unlessEmpty("tags", toEntries(model.tags)),
    ...unlessEmpty("aliases", aliases),
  };
}

/** Where a version's files are read: as they were when it was registered. */
export function versionArtifactUri(version: Pick<ModelVersion, "id">): string {
  return `mlflow-artifacts:/versions/${version.id}/artifacts`;
}
