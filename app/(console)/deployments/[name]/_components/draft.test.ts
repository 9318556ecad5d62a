import { expect, test } from "vitest";
import { draftOf, trafficOf } from "#app/(console)/deployments/[name]/_components/draft.ts";
import type { Traffic } from "#lib/serving/traffic/schemas.ts";

const TABLE: Traffic = {
  champion: "Production",
  challengers: [{ version: 4, weight: 0.05 }],
  shadows: [{ version: 5, share: 0.333 }],
};

test("a table goes through the editor and back", () => {
  expect(draftOf(TABLE).rows.map(({ part }) => part)).toEqual(["5", "33.3"]);
  expect(trafficOf(draftOf(TABLE))).toEqual({ traffic: TABLE });
});

test("what was typed is read, or told", () => {
  const of = (part: string) => {
    const { champion, rows } = draftOf(TABLE);
    return trafficOf({ champion, rows: rows.map((row) => ({ ...row, part })) });
  };
  expect(of("2,5")).toMatchObject({ traffic: { challengers: [{ weight: 0.025 }] } });
  expect(of(" 100 ")).toMatchObject({ traffic: { challengers: [{ weight: 1 }] } });
  for (const part of ["", "much", "-1", "101", "NaN"])
    expect(of(part)).toEqual({ fault: expect.stringContaining("version 4") });
  const twice = trafficOf({ champion: 4, rows: draftOf(TABLE).rows });
  expect(twice).toEqual({ fault: "version 4 is named twice" });
});
