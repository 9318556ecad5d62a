import { expect, test } from "vitest";
import { drawnVersions, timeScale } from "#app/(console)/models/[name]/_components/timeline-scale.ts";
import type { TimelineVersion } from "#lib/record/schemas.ts";

const hours = (n: number) => new Date(Date.UTC(2026, 10, 1) + n * 3_600_000).toISOString();

test("moments stand between both ends, and nothing stands outside", () => {
  const scale = timeScale({ from: hours(0), to: hours(10) });
  expect(scale.at(hours(0))).toBe(2);
  expect(scale.at(hours(5))).toBe(50);
  expect(scale.at(hours(99))).toBe(98);
  expect(scale.ticks.map(({ label }) => label)).toEqual(["00:00", "03:20", "06:40", "10:00"]);
});

test("labels are as exact as the length asks for", () => {
  expect(timeScale({ from: hours(0), to: hours(0) }).ticks[0]?.label).toBe("00:00:00");
  expect(timeScale({ from: hours(0), to: hours(24 * 30) }).ticks[3]?.label).toBe("1 Dec");
  expect(timeScale({ from: hours(0), to: hours(24 * 900) }).ticks[0]?.label).toBe("2026-11");
});

test("versions that mattered are drawn first where there is no room for all, and the order stays", () => {
  const version = (n: number, ...stages: ("None" | "Production")[]) =>
    ({
      version: n,
      bars: stages.map((stage) => ({ stage, from: hours(n), to: null, actor: "", actorLabel: "", approvalId: null })),
    }) as TimelineVersion;
  const all = [version(4, "None"), version(3, "None"), version(2, "None", "Production"), version(1, "None")];
  expect(drawnVersions(all, 2).map((one) => one.version)).toEqual([4, 2]);
  expect(drawnVersions(all, 9)).toEqual(all);
});
