import { describe, expect, test } from "vitest";
import { ArtifactPath } from "#lib/tracking/artifact-path.ts";
import { downsampleM4 } from "#lib/tracking/downsample.ts";
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

describe("thinning", () => {
  const series = (values: number[]) => values.map((value, step) => ({ step, value }));

  test("leaves short series alone", () => {
    const points = series([1, 2, 3]);
    expect(downsampleM4(points, 4)).toBe(points);
  });

  test("keeps first, last, lowest and highest of each bucket, in order", () => {
    const kept = downsampleM4(series([5, 1, 9, 5, 4, 4, 8, 0, 4, 4]), 8);
    expect(kept.map(({ step }) => step)).toEqual([0, 1, 2, 4, 5, 6, 7, 9]);
  });

  test("NaN is neither lowest nor highest, and does not hide them", () => {
    const kept = downsampleM4(series([Number.NaN, 3, 1, Number.NaN, 2, Number.NaN, Number.NaN, 2]), 4);
    expect(kept.map(({ step }) => step)).toEqual([0, 1, 2, 7]);
  });

  test("one step for all points does not divide by zero", () => {
    const points = Array.from({ length: 100 }, (_, index) => ({ step: 7, value: index }));
    expect(downsampleM4(points, 4).map(({ value }) => value)).toEqual([0, 99]);
  });
});

test("FINISHED is final, and a run never becomes what it is", () => {
  expect(RUN_TRANSITIONS.FINISHED).toEqual([]);
  for (const status of RUN_STATUSES) expect(canRunBecome(status, status)).toBe(false);
});
