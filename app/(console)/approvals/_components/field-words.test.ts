import { expect, test } from "vitest";
import { changesBetween } from "#app/(console)/approvals/_components/diff.ts";
import { fieldWords } from "#app/(console)/approvals/_components/field-words.ts";
import { PolicyBody } from "#lib/approvals/policy-schemas.ts";
import { Subject } from "#lib/approvals/schemas.ts";

test("places in a list are counted from one, what is not known keeps its path", () => {
  expect(fieldWords("thresholds[1].approvals")).toBe("Who has to agree 2: approvals needed");
  expect(fieldWords("risk")).toBe("Risk");
  expect(fieldWords("breakGlass.allowed")).toBe("Break-glass is allowed");
  expect(fieldWords("things[0].unheard")).toBe("things[0].unheard");
});

test("every field of a subject and of a policy has words", () => {
  const threshold = { name: "a", roles: ["reviewer"], users: ["u"], services: ["s"], approvals: 1 };
  const policy = PolicyBody.parse({
    thresholds: [threshold],
    gates: [{ kind: "p99_latency_ms", threshold: 50 }],
    reauthenticateMinutes: 5,
    riskOverrides: { low: { approvals: 1 }, medium: { approvals: 1 }, high: { approvals: 2 } },
  });
  const subject = Object.fromEntries(Object.keys(Subject.omit({ evidenceId: true }).shape).map((key) => [key, 1]));
  for (const { field } of [...changesBetween(undefined, policy), ...changesBetween(undefined, subject)]) {
    expect(fieldWords(field), field).not.toBe(field);
  }
});
