import { expect, test } from "vitest";
import { subjectHref } from "#app/(console)/audit/_components/words.ts";

test("subjects lead to their pages", () => {
  expect(subjectHref("version:digits/3")).toBe("/models/digits/versions/3");
  expect(subjectHref("run:ab12")).toBe("/runs/ab12");
  expect(subjectHref("approval:apr_1")).toBe("/approvals/apr_1");
});

test("what has no page leads nowhere", () => {
  expect(subjectHref("production")).toBeNull();
  expect(subjectHref("user:usr_1")).toBeNull();
  expect(subjectHref("version:digits")).toBeNull();
});
