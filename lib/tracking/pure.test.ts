import { describe, expect, test } from "vitest";
import { ArtifactPath } from "#lib/tracking/artifact-path.ts";
import { canRunBecome, RUN_STATUSES, RUN_TRANSITIONS } from "#lib/tracking/status.ts";

describe("artifact paths", () => {
  test.each(["model/model.onnx", "a", "über/ein name.txt", "100%.txt", "a..b/..c"])("%s is plain", (path) => {
    expect(ArtifactPath.safeParse(path).success).toBe(true);
  });

  test.each([
    "",
    "/etc/passwd",
    "../secrets",
    "a/../b",
    "a//b",
    "a/",
    "./a",
    "a\\..\\b",
    "a\0b",
    "%2e%2e/secrets",
    "a%2fb",
    "a#b",
    "a;b",
    "a?b",
    "a\nb",
    "C:/x",
    "%u002e%u002e/a",
    "\uff0e\uff0e/a",
    "x".repeat(501),
  ])("%j is refused", (path) => {
    expect(ArtifactPath.safeParse(path).success).toBe(false);
  });
});

test("FINISHED is final, and a run never becomes what it is", () => {
  expect(RUN_TRANSITIONS.FINISHED).toEqual([]);
  for (const status of RUN_STATUSES) expect(canRunBecome(status, status)).toBe(false);
});
