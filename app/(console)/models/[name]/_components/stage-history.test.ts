import { expect, test } from "vitest";
import { productionSpans } from "#app/(console)/models/[name]/_components/stage-history.tsx";
import type { StageTransition } from "#lib/registry/schemas.ts";

const change = (
  version: number,
  from: StageTransition["from"],
  to: StageTransition["to"],
  hour: number,
): StageTransition => ({
  version,
  from,
  to,
  actor: "user:u",
  reason: "",
  approvalId: null,
  at: `2026-01-05T${String(hour).padStart(2, "0")}:00:00.000Z`,
});

test("tells what was live when, across a promotion, a rollback and a time without any", () => {
  const history = [
    change(1, "None", "Production", 1),
    change(1, "Production", "Archived", 3),
    change(2, "Staging", "Production", 3),
    change(2, "Production", "Archived", 4),
    change(1, "Archived", "Production", 6),
  ].reverse();

  expect(
    productionSpans(history).map(({ version, from, until }) => [version, from.slice(11, 13), until?.slice(11, 13)]),
  ).toEqual([
    [1, "06", undefined],
    [2, "03", "04"],
    [1, "01", "03"],
  ]);
});
