import type { Decision, RequestSummary, Subject } from "#lib/approvals/schemas.ts";
import { isTerminal } from "#lib/approvals/status.ts";

/** `stage:Production` as people say it: `Production`; an alias with its sign: `@blue`. */
export function targetWords(target: string): string {
  const [kind = "", name = target] = target.split(":", 2);
  return kind === "alias" ? `@${name}` : name;
}

type Asked = Pick<Subject, "modelName" | "target" | "version">;

/** What would be done, as a heading: `Promote version 4 of digits to Production`. */
export function actWords({ modelName, version, target }: Asked): string {
  if (target === "stage:Production") return `Promote version ${version} of ${modelName} to Production`;
  if (target.startsWith("alias:")) return `Point ${targetWords(target)} of ${modelName} at version ${version}`;
  return `Move version ${version} of ${modelName} to ${targetWords(target)}`;
}

/** What others will notice when it is carried out. */
export function effectWords(subject: Asked & Pick<Subject, "replaces">): string {
  const { modelName, version, target, replaces } = subject;
  if (target === "stage:Production") {
    const instead = replaces === null ? "; until now nothing is in Production" : ` instead of version ${replaces}`;
    return `/predict and the drawing pad answer with version ${version} of ${modelName}${instead}.`;
  }
  if (target.startsWith("alias:")) {
    const instead = replaces === null ? "" : ` and no longer version ${replaces}`;
    return `Whoever asks for ${modelName}${targetWords(target)} gets version ${version}${instead}.`;
  }
  return `Version ${version} of ${modelName} is in ${targetWords(target)}; what answers predictions stays the same.`;
}

/** How one gets back from there. */
export function undoWords({ modelName, target, replaces }: Asked & Pick<Subject, "replaces">): string {
  if (target === "stage:Production") {
    return replaces === null
      ? `An admin takes it out of Production on the page of ${modelName}; /predict then answers 503.`
      : `Version ${replaces} goes to the archive and is kept. A request to promote it brings it back.`;
  }
  if (target.startsWith("alias:")) {
    return replaces === null
      ? "An admin takes the alias away; it is missing then."
      : `A request to point ${targetWords(target)} at version ${replaces} again.`;
  }
  return `Its stage can be changed back on the page of ${modelName}.`;
}

export const DECISION_WORDS: Record<Decision, { act: string; done: string; asks: string }> = {
  approve: { act: "Approve", done: "Approved", asks: "Comment" },
  deny: { act: "Deny", done: "Denied", asks: "Why it must not happen" },
  request_changes: { act: "Request changes", done: "Changes requested", asks: "What should be different" },
};

/** Hours until an end, as a state: under a day is soon. `now` in milliseconds. */
export function isSoon(end: string, now: number): boolean {
  return Date.parse(end) - now < 24 * 3_600_000;
}

export const LEAD = "What may go into Production or under a protected alias, who asks for it, and who has to agree.";

/** `reviewers 1 of 2`: what keeps a request from being approved, as far as people are concerned. */
export function missingWords({ state, thresholds }: Pick<RequestSummary, "state" | "thresholds">): string {
  if (isTerminal(state)) return "–";
  const missing = thresholds.filter((threshold) => !threshold.met);
  if (missing.length > 0) {
    return missing.map(({ name, approvals, needed }) => `${name} ${approvals} of ${needed}`).join(", ");
  }
  return state === "pending" ? "gates" : state === "changes_requested" ? "another round" : "nothing";
}

/** A change of a share 0..1 in percentage points: `+0.42 pp`. */
export function points(change: number): string {
  const value = (change * 100).toFixed(2);
  return `${Number(value) > 0 ? "+" : ""}${value.replace("-", "−")} pp`;
}

/** Where one asks for it. */
export function newHref(asked: {
  modelName: string;
  version?: number | undefined;
  target?: string | undefined;
}): string {
  return `/approvals/new?${new URLSearchParams({
    model: asked.modelName,
    ...(asked.version !== undefined && { version: String(asked.version) }),
    ...(asked.target !== undefined && { target: asked.target }),
  })}`;
}
