import { expect } from "vitest";
import { pgTest } from "#lib/testing/pg.ts";
import { ensureExperiment } from "#lib/tracking/create-experiment.ts";
import { createRun } from "#lib/tracking/create-run.ts";
import { dropPoints } from "#lib/tracking/drop-points.ts";
import { logMetrics } from "#lib/tracking/log-metrics.ts";
import { setRunStatus } from "#lib/tracking/set-run-status.ts";
import { type RunWatchEvent, watchRun } from "#lib/tracking/watch-run.ts";

pgTest(
  "follows points and states as they are committed, and says when a retry began anew",
  async ({ ctx, runtime }) => {
    const experiment = await ensureExperiment(ctx, { name: "digits" });
    const { id } = await createRun(ctx, { name: "watched", experimentId: experiment.id });
    const log = (step: number, value: number) =>
      logMetrics(ctx, { runId: id, points: [{ key: "loss", step, at: 1_000 + step, value }] });
    await log(1, 0.9);

    const events: RunWatchEvent[] = [];
    const stop = new AbortController();
    const send = (event: RunWatchEvent) => void events.push(event);
    const watching = watchRun(ctx, { runId: id, hub: runtime.notify, send, signal: stop.signal, pollMs: 60_000 });
    const seen = () => events.flatMap((event) => (event.event === "points" ? (event.data.points["loss"] ?? []) : []));

    await expect.poll(seen).toEqual([[1, 1001, 0.9]]);
    await log(2, 0.8);
    await log(3, 0.7);
    await expect.poll(seen).toHaveLength(3);
    await setRunStatus(ctx, { runId: id, to: "FAILED" });
    const states = () => events.flatMap((event) => (event.event === "run" ? [event.data.status] : []));
    await expect.poll(states).toEqual(["RUNNING", "FAILED"]);

    await dropPoints(ctx, { runId: id, keys: ["loss"], afterStep: 0 });
    await log(1, 0.5);
    await expect.poll(() => events.some((event) => event.event === "reset")).toBe(true);
    expect(seen().at(-1)).toEqual([1, 1001, 0.5]);

    stop.abort();
    await watching;
  },
);

pgTest("leaves out what is older than `since`", async ({ ctx, runtime }) => {
  const experiment = await ensureExperiment(ctx, { name: "digits" });
  const { id } = await createRun(ctx, { name: "watched", experimentId: experiment.id });
  const points = [1, 2, 3].map((step) => ({ key: "loss", step, at: 1_000 + step, value: step }));
  await logMetrics(ctx, { runId: id, points });
  const stop = new AbortController();
  const events: RunWatchEvent[] = [];
  const send = (event: RunWatchEvent) => {
    events.push(event);
    if (event.event === "run") stop.abort();
  };
  await watchRun(ctx, { runId: id, since: 1_002, hub: runtime.notify, send, signal: stop.signal });
  expect(events[0]).toEqual({
    event: "points",
    data: {
      points: {
        loss: [
          [2, 1002, 2],
          [3, 1003, 3],
        ],
      },
    },
    id: "1003",
  });
});
