import { expect, test } from "vitest";
import { type CountedReview, type DecisionInput, decide } from "#lib/approvals/decide.ts";
import type { Decision } from "#lib/approvals/schemas.ts";
import { policyBody } from "#lib/approvals/testing/scene.ts";

const NOW = new Date("2026-11-23T12:00:00Z");

function input(body: Parameters<typeof policyBody>[0] = {}, more: Partial<DecisionInput> = {}): DecisionInput {
  return { policy: policyBody(body), risk: "low", emergency: false, evidence: null, cardMissing: [], ...more };
}
const by = (reviewer: string, decision: Decision, thresholds = ["reviewers"]): CountedReview => ({
  reviewer,
  decision,
  thresholds,
});
const stateOf = (asked: DecisionInput, ...reviews: CountedReview[]) => decide(asked, reviews, NOW).state;

test("counts people, not reviews, and of each the latest", () => {
  const two = input({ approvals: 2 });
  expect(stateOf(two)).toBe("pending");
  expect(stateOf(two, by("ben", "approve"), by("ben", "approve"))).toBe("pending");
  expect(stateOf(two, by("ben", "approve"), by("cleo", "approve"))).toBe("approved");
  const patient = input({ deny: 2 });
  expect(stateOf(patient, by("ben", "deny"))).toBe("pending");
  expect(stateOf(patient, by("ben", "deny"), by("ben", "approve"))).toBe("approved");
  expect(stateOf(patient, by("ben", "deny"), by("cleo", "deny"))).toBe("denied");
});

test("every threshold must be met; one person may count for several", () => {
  const thresholds = [
    { name: "leads", users: ["ben", "dora"], approvals: 1 },
    { name: "risk", users: ["cleo", "dora"], approvals: 1 },
  ];
  const both = input({ thresholds });
  expect(stateOf(both, by("ben", "approve", ["leads"]))).toBe("pending");
  expect(stateOf(both, by("ben", "approve", ["leads"]), by("cleo", "approve", ["risk"]))).toBe("approved");
  expect(stateOf(both, by("dora", "approve", ["leads", "risk"]))).toBe("approved");
  expect(stateOf(both, by("dora", "approve", ["leads", "risk"]), by("cleo", "deny", ["risk"]))).toBe("denied");
  const risky = input({ thresholds, riskOverrides: { high: { approvals: 2 } } }, { risk: "high" });
  expect(stateOf(risky, by("dora", "approve", ["leads", "risk"]))).toBe("pending");
  expect(stateOf(risky, by("dora", "approve", ["leads", "risk"]), by("ben", "approve", ["leads"]))).toBe("approved");
});

test("a wish for changes stands until it is taken back", () => {
  const one = input();
  const wish = by("ben", "request_changes");
  expect(stateOf(one, wish, by("cleo", "approve"))).toBe("changes_requested");
  expect(stateOf(one, wish, by("ben", "approve"))).toBe("changes_requested");
  expect(stateOf(one, wish, by("cleo", "deny"))).toBe("denied");
});

test("gates hold approvals up, in an emergency as little as thresholds do", () => {
  const gated = { gates: [{ kind: "card_complete" }] };
  const yes = by("ben", "approve");
  expect(stateOf(input(gated, { cardMissing: ["caveats"] }), yes)).toBe("pending");
  expect(stateOf(input(gated), yes)).toBe("approved");
  expect(stateOf(input({ gates: [{ kind: "p99_latency_ms", threshold: 5 }] }), yes)).toBe("pending");
  expect(stateOf(input(gated, { cardMissing: ["caveats"], emergency: true }))).toBe("approved");
});
