import { expect, test } from "vitest";
import { ApiFailure } from "#app/_live/api.ts";
import { fieldsOfFailure } from "#app/_live/fields-of-failure.ts";

const failure = (code: string, ...fields: string[]) =>
  new ApiFailure("No.", {
    code,
    details: fields.map((field) => ({ field, problem: `${field} is bad`, remedy: "Mend it." })),
  });

test("a fault stands at its field, the first of each", () => {
  const faults = fieldsOfFailure(failure("invalid", "body.scopes[0]", "scopes[1]", "perSecond", "nameless"), [
    "name",
    "scopes",
    "perSecond",
  ]);
  expect(faults).toEqual({
    scopes: "body.scopes[0] is bad. Mend it.",
    perSecond: "perSecond is bad. Mend it.",
  });
});

test("what belongs to no field is told for the whole form, with its remedy", () => {
  expect(fieldsOfFailure(failure("conflict", "token"), ["name"])).toEqual({ "": "No. Mend it." });
  expect(fieldsOfFailure(failure("reauthentication_required", "session"), [])).toEqual({ "": "No." });
  expect(fieldsOfFailure(new Error("Broken."), [])).toEqual({ "": "Broken." });
  expect(fieldsOfFailure("a string", [])).toEqual({ "": "That did not work." });
});
