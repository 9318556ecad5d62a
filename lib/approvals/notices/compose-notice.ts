import type { NoticeKind } from "#lib/approvals/notices/kinds.ts";
import type { Letter } from "#lib/platform/mail.ts";

/** What a message needs to know of a request. */
export interface NoticeFacts {
  kind: NoticeKind;
  projectId: string;
  requestId: string;
  /** Of the event, not of now: a link of an old round is told so when it is used. */
  round: number;
  subjectDigest: string;
  modelName: string;
  modelVersion: number;
  target: string;
  requestedBy: string;
  reason: string;
  expiresAt: Date;
  validUntil: Date | null;
  reviewDueAt: Date | null;
  /** What the newest review of the round says; null: none. */
  lastReview: { reviewer: string; comment: string } | null;
  /** Accuracy's change with its interval, shares of 1; null: not compared. */
  difference: { estimate: number; lower: number; upper: number } | null;
  /** Why there is no evidence, or why it could not be carried out. */
  problem: string | null;
}

/** Subject, letter and link of a notice. Pure. */
export function composeNotice(facts: NoticeFacts, publicUrl: string): { subject: string; letter: Letter } {
  const what = `${facts.modelName} version ${facts.modelVersion}`;
  const goal = targetInWords(facts.target);
  const { subject, said, action } = WORDS[facts.kind](facts, what, goal);
  const url = new URL(`/approvals/${encodeURIComponent(facts.requestId)}`, publicUrl);
  if (facts.projectId !== "default") url.searchParams.set("project", facts.projectId);
  url.searchParams.set("round", String(facts.round));
  url.searchParams.set("digest", facts.subjectDigest.slice(0, 12));
  return {
    subject: `[Assay] ${subject}`,
    letter: {
      title: subject,
      paragraphs: [said, ...quote(facts)],
      facts: [
        { label: "Model", value: what },
        { label: "Moves to", value: goal },
        { label: "Asked by", value: facts.requestedBy },
        { label: "Reason", value: facts.reason },
        ...(facts.difference === null ? [] : [{ label: "Accuracy", value: inPoints(facts.difference) }]),
        { label: "Round", value: String(facts.round) },
      ],
      action: { label: action, url: url.href },
      footer: `You get this because the project ${facts.projectId} asks you for approvals, or because you asked for one.`,
    },
  };
}

interface Words {
  subject: string;
  said: string;
  action: string;
}

const WORDS: Record<NoticeKind, (facts: NoticeFacts, what: string, goal: string) => Words> = {
  requested: ({ requestedBy, expiresAt }, what, goal) => ({
    subject: `${what} waits for your review`,
    said: `${requestedBy} asks to move ${what} to ${goal}. The request ends on ${date(expiresAt)}.`,
    action: "Review",
  }),
  expiring: ({ expiresAt }, what) => ({
    subject: `The request for ${what} ends soon`,
    said: `Nobody has decided yet. The request ends on ${date(expiresAt)}; after that it has to be asked anew.`,
    action: "Look at it",
  }),
  approved: ({ validUntil }, what, goal) => ({
    subject: `${what} is approved`,
    said: `It may move to ${goal}${validUntil === null ? "." : ` until ${date(validUntil)}.`}`,
    action: "Carry it out",
  }),
  denied: (_, what, goal) => ({
    subject: `${what} is denied`,
    said: `It does not move to ${goal}.`,
    action: "Read why",
  }),
  changes_requested: (_, what) => ({
    subject: `Changes are asked for before ${what} is approved`,
    said: "Resubmit the request once they are made; reviews begin anew then.",
    action: "Read what",
  }),
  revoked: (_, what, goal) => ({
    subject: `The approval of ${what} is taken back`,
    said: `It does not move to ${goal}.`,
    action: "Read why",
  }),
  invalidated: (_, what) => ({
    subject: `The request for ${what} does not hold any more`,
    said: "What was asked for, or the policy, has changed since. Ask anew.",
    action: "See what changed",
  }),
  expired: (_, what) => ({
    subject: `The request for ${what} has ended`,
    said: "It was not decided, or not carried out, in time. Ask anew.",
    action: "Look at it",
  }),
  executed: (_, what, goal) => ({
    subject: `${what} is in ${goal}`,
    said: "The approved change has taken effect.",
    action: "See the record",
  }),
  failed: (_, what, goal) => ({
    subject: `${what} could not be moved to ${goal}`,
    said: "Nothing has changed. Ask anew once the cause is gone.",
    action: "See what went wrong",
  }),
  break_glass: ({ reviewDueAt }, what, goal) => ({
    subject: `Emergency: ${what} goes to ${goal} without reviews`,
    said: `Somebody broke the glass.${reviewDueAt === null ? "" : ` Somebody else has to look at it by ${date(reviewDueAt)}.`}`,
    action: "Look at it",
  }),
  evidence_failed: (_, what) => ({
    subject: `There is no evidence for ${what}`,
    said: "Reviewers have nothing to judge by until it can be computed.",
    action: "Look at it",
  }),
};

function quote({ kind, lastReview, problem }: NoticeFacts): string[] {
  const withReview: readonly NoticeKind[] = ["denied", "changes_requested", "revoked", "approved", "break_glass"];
  const said =
    lastReview !== null && lastReview.comment !== "" && withReview.includes(kind)
      ? [`${lastReview.reviewer}: ${lastReview.comment}`]
      : [];
  return problem !== null && (kind === "failed" || kind === "evidence_failed") ? [...said, problem] : said;
}

function targetInWords(target: string): string {
  const [kind, name] = target.split(":");
  return kind === "alias" ? `the alias @${name}` : (name ?? target);
}

function date(at: Date): string {
  return `${at.toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

function inPoints({ estimate, lower, upper }: { estimate: number; lower: number; upper: number }): string {
  const points = (share: number) => `${share > 0 ? "+" : ""}${(share * 100).toFixed(2)}`;
  return `${points(estimate)} points against the champion (95 %: ${points(lower)} to ${points(upper)})`;
}
