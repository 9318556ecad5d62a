import { expect, test } from "vitest";
import { tightenedBy } from "#lib/approvals/policies/is-tightened.ts";
import { policyBody } from "#lib/approvals/testing/scene.ts";

const lead = (more: object = {}) => ({ name: "leads", users: ["usr_a", "usr_b"], approvals: 1, deny: 2, ...more });

test.each([
  ["another threshold", {}, { thresholds: [...policyBody().thresholds, lead()] }],
  ["more approvals", { approvals: 1 }, { approvals: 2 }],
  ["fewer denials to deny", { deny: 2 }, { deny: 1 }],
  ["fewer people", { thresholds: [lead()] }, { thresholds: [lead({ users: ["usr_a"] })] }],
  ["separation of duties", { separationOfDuties: { contributors: false } }, {}],
  ["a gate", {}, { gates: [{ kind: "card_complete" }] }],
  [
    "a higher floor",
    { gates: [{ kind: "accuracy_lower_bound", threshold: -0.002 }] },
    { gates: [{ kind: "accuracy_lower_bound", threshold: 0 }] },
  ],
  [
    "a lower ceiling",
    { gates: [{ kind: "p99_latency_ms", threshold: 5 }] },
    { gates: [{ kind: "p99_latency_ms", threshold: 4 }] },
  ],
  ["a shorter validity", {}, { validForHours: 1 }],
  ["a shorter life", {}, { expiresAfterHours: 1 }],
  ["comments", {}, { commentRequired: true }],
  ["re-authentication", { reauthenticateMinutes: 30 }, { reauthenticateMinutes: 10 }],
  ["a second factor", {}, { secondFactor: true }],
  ["no break-glass", { breakGlass: { allowed: true } }, {}],
  ["more at high risk", {}, { riskOverrides: { high: { approvals: 2 } } }],
])("%s is stricter, and its opposite is not", (_, older, newer) => {
  expect(tightenedBy(policyBody(older), policyBody(newer))).toHaveLength(1);
  expect(tightenedBy(policyBody(newer), policyBody(older))).toEqual([]);
});

test("naming more people, or executing at once, is not stricter", () => {
  const more = { thresholds: [lead({ users: ["usr_a", "usr_b", "usr_c"] })], executeOnApproval: true };
  expect(tightenedBy(policyBody({ thresholds: [lead()] }), policyBody(more))).toEqual([]);
});
