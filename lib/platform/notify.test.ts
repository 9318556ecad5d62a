import { pino } from "pino";
import { expect, test } from "vitest";
import { createNotifyHub } from "#lib/platform/notify.ts";

test("listening does not fail while the database is away", async () => {
  // Port 1 answers nobody.
  const hub = createNotifyHub("postgresql://nobody@127.0.0.1:1/none", pino({ level: "silent" }));
  const stops = await Promise.all([
    hub.listen("assay_first", () => undefined),
    hub.listen("assay_second", () => undefined),
  ]);
  expect(stops).toHaveLength(2);
  await hub.close();
});
