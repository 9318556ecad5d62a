/** The room's door: what rooms above and pages use. */
export { findLockedModel } from "#lib/registry/find-model.ts";
export { getHistory, getModel, getRecordedVersion } from "#lib/registry/get-model.ts";
export { getProductionVersion, hadProduction } from "#lib/registry/get-production-version.ts";
export { listModels } from "#lib/registry/list-models.ts";
export { setProtection, wasMovedBy } from "#lib/registry/protect-target.ts";
export { registerVersion } from "#lib/registry/register-version.ts";
export { setAlias } from "#lib/registry/set-alias.ts";
export { setStage } from "#lib/registry/set-stage.ts";
