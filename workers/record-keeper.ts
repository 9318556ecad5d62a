import type { WorkerEnv } from "#lib/platform/env.ts";
import { Gauge } from "#lib/platform/metrics.ts";
import { makeCtx, type Runtime } from "#lib/platform/runtime.ts";
import { anchorFile } from "#lib/record/anchor-file.ts";
import { checkpoint } from "#lib/record/checkpoint.ts";
import { digestDenied } from "#lib/record/digest-denied.ts";
import { keepReconciled } from "#lib/record/keep-reconciled.ts";
import { loadSigningKey } from "#lib/record/signing-key.ts";
import { countPrunable, measureAnchors } from "#lib/record/watch-chains.ts";
import { type Background, startBackground } from "#workers/background.ts";

/** Whether a checkpoint is due is asked this often; when it is, lib/record/checkpoint.ts decides. */
const EVERY_MS = 10_000;
const DENIED_MS = 60_000;
const RECONCILE_MS = 3_600_000;

/** Keeps the record: signs and anchors the chains, digests refused attempts, reconciles Production, measures all three. */
export function startRecordKeeper(runtime: Runtime, env: WorkerEnv): Background {
  const ctx = makeCtx(runtime, { actor: { type: "system", id: "record", scopes: ["instance", "audit:read"] } });
  const key = loadSigningKey(env);
  const anchors = anchorFile(env);
  const gauges = createGauges(runtime);
  let deniedAt = 0;
  let reconciledAt = 0;
  return startBackground({
    name: "record keeper",
    everyMs: EVERY_MS,
    logger: runtime.logger,
    async work() {
      const now = Date.now();
      if (now - deniedAt >= DENIED_MS) {
        await digestDenied(ctx);
        deniedAt = now;
      }
      const made = await checkpoint(ctx, { key, anchors });
      if (made.length > 0) runtime.logger.debug({ chains: made.length }, "anchored the audit log");
      const { unanchored, ageSeconds } = await measureAnchors(ctx);
      gauges.unanchored.set(unanchored);
      gauges.age.set(ageSeconds);
      if (now - reconciledAt >= RECONCILE_MS) {
        const report = await keepReconciled(ctx);
        reconciledAt = now;
        if (report !== null) gauges.mismatches.set(report.mismatches.length);
        for (const { message, remedy } of report?.mismatches ?? []) runtime.logger.warn({ remedy }, message);
        gauges.prunable.set(await countPrunable(ctx, { months: env.ASSAY_AUDIT_RETENTION_MONTHS }));
      }
      return false;
    },
  });
}

function createGauges(runtime: Runtime) {
  const gauge = (name: string, help: string) => new Gauge({ name, help, registers: [runtime.metrics] });
  return {
    unanchored: gauge("assay_audit_unanchored_events", "Audit events that no signed checkpoint covers yet."),
    age: gauge("assay_audit_anchor_age_seconds", "Age of the oldest event that waits for a checkpoint; 0: none waits."),
    mismatches: gauge("assay_reconcile_mismatches", "What is in Production and not as the record says."),
    prunable: gauge("assay_audit_prunable_events", "Events older than the retention, for npm run audit -- prune."),
  };
}
