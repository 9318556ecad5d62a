import { Gauge } from "#lib/platform/metrics.ts";
import { makeCtx, type Runtime } from "#lib/platform/runtime.ts";
import { countTraining } from "#lib/training/store/jobs.ts";

/** Puts training's gauges into the process's registry, read from the tables when somebody looks. Once a process. */
export function exposeTraining(runtime: Runtime): void {
  runtime.singleton("training.gauges", () => {
    const registers = [runtime.metrics];
    const silence = new Gauge({
      name: "assay_training_silence_seconds",
      help: "The longest time since a running run's worker gave a sign of life; 0 when none runs.",
      registers,
    });
    return new Gauge({
      name: "assay_training_runs",
      help: "Training runs of all projects by state (queued, running).",
      labelNames: ["state"],
      registers,
      async collect() {
        const ctx = makeCtx(runtime, { actor: { type: "system", id: "metrics", scopes: [] } });
        // A database that is away shows in health; the gauges then keep their last values.
        const counts = await countTraining(ctx).catch(() => undefined);
        if (counts === undefined) return;
        this.set({ state: "queued" }, counts.queued);
        this.set({ state: "running" }, counts.running);
        silence.set(counts.silenceSeconds);
      },
    });
  });
}
