import { expect, test } from "vitest";
import { changesBetween } from "#app/(console)/approvals/_components/diff.ts";

test("names what was changed, added and taken away by its path", () => {
  const before = { risk: "low", thresholds: [{ name: "reviewers", approvals: 1 }], users: ["a"], gone: 1, same: true };
  const after = {
    risk: "high",
    thresholds: [{ name: "reviewers", approvals: 2 }],
    users: ["a", "b"],
    same: true,
    card: null,
  };
  expect(changesBetween(before, after)).toEqual([
    { field: "risk", before: "low", after: "high" },
    { field: "thresholds[0].approvals", before: "1", after: "2" },
    { field: "users", before: "a", after: "a, b" },
    { field: "gone", before: "1", after: null },
    { field: "card", before: null, after: "none" },
  ]);
});

test("without something before, everything is new; equal values differ in nothing", () => {
  expect(changesBetween(undefined, { a: 1 })).toEqual([{ field: "a", before: null, after: "1" }]);
  expect(changesBetween({ a: { b: [] } }, { a: { b: [] } })).toEqual([]);
});
