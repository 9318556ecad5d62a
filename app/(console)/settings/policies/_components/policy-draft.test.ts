import { expect, test } from "vitest";
import { bodyOf, draftOf, FIRST } from "#app/(console)/settings/policies/_components/policy-draft.ts";
import { PolicyBody } from "#lib/approvals/schemas.ts";

test("a policy comes back as it was, whatever it says", () => {
  const body = PolicyBody.parse({
    thresholds: [
      { name: "Reviewers", roles: ["reviewer"], approvals: 2 },
      { name: "Owner", users: ["usr_a"], services: ["usr_s"], approvals: 1, deny: 2 },
    ],
    separationOfDuties: { requester: true, contributors: false },
    gates: [
      { kind: "accuracy_lower_bound", threshold: -0.0021 },
      { kind: "class_recall_drop", threshold: 0.07 },
      { kind: "p99_latency_ms", threshold: 12.5 },
      { kind: "card_complete" },
    ],
    reauthenticateMinutes: 15,
    secondFactor: true,
    breakGlass: { allowed: true, reviewWithinHours: 4 },
    riskOverrides: { high: { approvals: 3 } },
    executeOnApproval: true,
  });
  expect(PolicyBody.parse(bodyOf(draftOf(body)))).toEqual(body);
  expect(PolicyBody.parse(bodyOf(draftOf(FIRST)))).toEqual(FIRST);
});

test("shares are written as percentage points", () => {
  expect(draftOf(FIRST).gates[0]?.value).toBe("-0.2");
});

test("an emptied figure is a fault and not a zero", () => {
  const draft = { ...draftOf(FIRST), expiresAfterHours: " " };
  const parsed = PolicyBody.safeParse(bodyOf(draft));
  expect(parsed.error?.issues.map(({ path }) => path.join("."))).toEqual(["expiresAfterHours"]);
});
