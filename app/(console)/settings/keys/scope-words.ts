import type { Scope } from "#lib/auth/scopes.ts";

/** What a scope opens, for the people who tick it. */
export const SCOPE_WORDS: Record<Scope, string> = {
  "tracking:read": "Read experiments, runs, metrics and artifacts",
  "tracking:write": "Log runs, metrics and artifacts",
  "training:write": "Start, cancel and retry training",
  "registry:read": "Read models, versions, stages and aliases",
  "registry:write": "Register versions, move stages and aliases that are not protected",
  "datasets:read": "Read datasets",
  "datasets:write": "Prepare and register datasets",
  "serving:predict": "Ask for predictions",
  "approvals:read": "Read requests, reviews and policies",
  "approvals:request": "Ask for approvals",
  "approvals:review": "Decide on requests",
  "audit:read": "Read and export the audit log",
  admin: "Everything in the project, with members, keys and policies",
  instance: "People, projects and the record of the whole instance",
};
