import { expect, test } from "vitest";
import { ARCHITECTURES, type Architecture } from "#lib/engine/architectures.ts";
import { planNetwork } from "#lib/engine/network.ts";

test("baseline and enhanced have the parameter counts Keras reports", () => {
  expect(planNetwork(ARCHITECTURES.baseline).paramCount).toBe(54_410);
  expect(planNetwork(ARCHITECTURES.enhanced).paramCount).toBe(1_386_506);
});

test("dimensions shrink as valid convolutions and pooling do", () => {
  const [conv, pool, flatten, dense] = planNetwork(ARCHITECTURES.baseline).layers;
  expect(conv?.output).toEqual([26, 26, 32]);
  expect(pool?.output).toEqual([13, 13, 32]);
  expect(flatten?.output).toEqual([5408]);
  expect(dense?.output).toEqual([10]);
});

const softmax = { type: "dense", units: 10, activation: "softmax" } as const;
test.each<[string, Architecture["layers"]]>([
  ["a dense layer needs a flatten", [softmax]],
  ["and only the last, must be a dense softmax", [{ type: "flatten" }, softmax, softmax]],
  ["the last layer", [{ type: "flatten" }, { type: "dense", units: 10, activation: "relu" }]],
  ["not a flat vector", [{ type: "flatten" }, { type: "maxPool2d", poolSize: 2 }, softmax]],
])("refuses layers that do not fit: %s", (message, layers) => {
  expect(() => planNetwork({ name: "odd", layers })).toThrow(message);
});
