/** What the fields of a request's frozen subject and of a policy are called, by their path without places in lists. */
const WORDS: Readonly<Record<string, string>> = {
  kind: "What moves",
  modelName: "Model",
  version: "Version",
  target: "Target",
  onnxDigest: "ONNX file (SHA-256)",
  replaces: "Version that gives it up",
  cardDigest: "Texts of the model card (SHA-256)",
  risk: "Risk",
  datasetDigests: "Datasets (SHA-256)",
  policyId: "Policy",
  policyVersion: "Version of the policy",
  thresholds: "Who has to agree",
  "thresholds.name": "name",
  "thresholds.roles": "roles",
  "thresholds.users": "people",
  "thresholds.services": "service accounts",
  "thresholds.approvals": "approvals needed",
  "thresholds.deny": "denials that end it",
  "separationOfDuties.requester": "Whoever asked may not review",
  "separationOfDuties.contributors": "Whoever made it may not review",
  gates: "Gate",
  "gates.kind": "what must hold",
  "gates.threshold": "limit",
  expiresAfterHours: "Hours to decide in",
  validForHours: "Hours to carry it out in",
  commentRequired: "Approvals need a comment",
  reauthenticateMinutes: "Minutes since the reviewer signed in again",
  secondFactor: "The reviewer gives a second factor",
  "breakGlass.allowed": "Break-glass is allowed",
  "breakGlass.reviewWithinHours": "Hours until break-glass is looked at",
  "riskOverrides.low.approvals": "People at low risk",
  "riskOverrides.medium.approvals": "People at medium risk",
  "riskOverrides.high.approvals": "People at high risk",
  executeOnApproval: "Carried out by the system at once",
};

/** `thresholds[0].approvals` as people say it: `Who has to agree 1: approvals needed`. A path that is not known stays. */
export function fieldWords(path: string): string {
  const words = WORDS[path.replaceAll(/\[\d+\]/g, "")];
  const [, list = "", place = ""] = /^(\w+)\[(\d+)\]\./.exec(path) ?? [];
  if (words === undefined || list === "") return words ?? path;
  return `${WORDS[list] ?? list} ${Number(place) + 1}: ${words}`;
}
