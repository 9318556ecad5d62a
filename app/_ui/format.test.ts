import { describe, expect, test } from "vitest";
import { bytes, duration, figure, percent, plural, relativeTime } from "#app/_ui/format.ts";

describe("figures as people read them", () => {
  test.each([
    [0.98414, "98.41 %"],
    [1, "100.00 %"],
    [null, "–"],
    [Number.NaN, "–"],
  ])("percent(%s)", (value, text) => expect(percent(value)).toBe(text));

  test.each([
    [0.123456, "0.1235"],
    [0.00042, "4.20e-4"],
    [60_000, "60,000"],
    [5565.43, "5,565"],
    [1_234_567.8, "1.23e+6"],
    [Number.NaN, "NaN"],
    [0, "0"],
  ])("figure(%s)", (value, text) => expect(figure(value)).toBe(text));

  test.each([
    [850, "850 ms"],
    [12_400, "12.4 s"],
    [185_000, "3 min 05 s"],
    [3_720_000, "1 h 02 min"],
  ])("duration(%s)", (value, text) => expect(duration(value)).toBe(text));

  test.each([
    [512, "512 B"],
    [223_000, "218 KiB"],
    [1_572_864, "1.5 MiB"],
  ])("bytes(%s)", (value, text) => expect(bytes(value)).toBe(text));

  test.each([
    [-4, "just now"],
    [-180, "3 minutes ago"],
    [-86_400 * 3, "3 days ago"],
    [7200, "in 2 hours"],
  ])("relativeTime(%s s)", (seconds, text) => {
    const now = new Date("2026-01-05T10:00:00Z");
    expect(relativeTime(new Date(now.getTime() + seconds * 1000), now)).toBe(text);
  });

  test("plural", () => expect([plural(1, "run"), plural(4, "run")]).toEqual(["one run", "4 runs"]));
});
