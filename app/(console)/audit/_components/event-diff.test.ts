import { expect, test } from "vitest";
import { toldBy } from "#app/(console)/audit/_components/event-diff.ts";

test("a move's from and to are before and after, and the rest stays", () => {
  expect(toldBy({ from: "None", to: "Production", reason: "better" })).toEqual({
    change: { before: { state: "None" }, after: { state: "Production" } },
    rest: { reason: "better" },
  });
});

test("an edit is told field by field, and what was not there has no fields", () => {
  expect(toldBy({ before: { risk: "low" }, after: { risk: "high" } }).change).toEqual({
    before: { risk: "low" },
    after: { risk: "high" },
  });
  expect(toldBy({ alias: "blue", before: null, after: 4 })).toEqual({
    change: { before: {}, after: { value: 4 } },
    rest: { alias: "blue" },
  });
});

test("what is no change is told whole", () => {
  expect(toldBy({ name: "ci", scopes: ["predict"] })).toEqual({
    change: null,
    rest: { name: "ci", scopes: ["predict"] },
  });
});
