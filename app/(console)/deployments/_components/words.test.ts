import { expect, test } from "vitest";
import { championWeight, championWords, share, trafficWords } from "#app/(console)/deployments/_components/words.ts";
import { PRODUCTION_ONLY, type Traffic } from "#lib/serving/traffic/schemas.ts";

const CANARY: Traffic = {
  champion: 3,
  challengers: [
    { version: 4, weight: 0.05 },
    { version: 6, weight: 0.005 },
  ],
  shadows: [{ version: 5, share: 0.1 }],
};

test("a table reads as a line", () => {
  expect(trafficWords(PRODUCTION_ONLY)).toBe("Production");
  expect(trafficWords(CANARY)).toBe("version 3 · version 4: 5 % · version 6: 0.50 % · version 5 mirrors 10 %");
  expect(championWords(PRODUCTION_ONLY, null)).toBe("Production (none yet)");
  expect(championWords(PRODUCTION_ONLY, 2)).toBe("Production (version 2)");
  expect(championWords(CANARY, 2)).toBe("version 3");
});

test("the champion has what the challengers leave", () => {
  expect(championWeight(PRODUCTION_ONLY)).toBe(1);
  expect(share(championWeight(CANARY))).toBe("94.50 %");
  expect(championWeight({ ...CANARY, challengers: [{ version: 4, weight: 1 }] })).toBe(0);
});
