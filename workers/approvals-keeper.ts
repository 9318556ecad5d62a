import { checkConsistency, tendRequests } from "#lib/approvals/index.ts";
import { Gauge } from "#lib/platform/metrics.ts";
import { makeCtx, type Runtime } from "#lib/platform/runtime.ts";
import { type Background, startBackground } from "#workers/background.ts";

const EVERY_MS = 10_000;
const NIGHTLY_MS = 24 * 3_600_000;

/**
 * Looks after open approval requests: expiry, what does not hold any more, what a crash left half done. Once a day, and at
 * the start, every request's state is derived from its reviews again.
 */
export function startApprovalsKeeper(runtime: Runtime): Background {
  const ctx = makeCtx(runtime, { actor: { type: "system", id: "approvals", scopes: [] } });
  const mismatch = new Gauge({
    name: "assay_approval_state_mismatch",
    help: "Approval requests whose state is not what their reviews make of it; anything but 0 is a fault or tampering.",
    registers: [runtime.metrics],
  });
  let checkedAt = Number.NEGATIVE_INFINITY;
  return startBackground({
    name: "approvals keeper",
    everyMs: EVERY_MS,
    logger: runtime.logger,
    async work() {
      await tendRequests(ctx);
      const now = performance.now();
      if (now - checkedAt >= NIGHTLY_MS) {
        const { checked, mismatches } = await checkConsistency(ctx);
        checkedAt = now;
        mismatch.set(mismatches.length);
        for (const found of mismatches) runtime.logger.error(found, "an approval's state is not what its reviews say");
        runtime.logger.debug({ checked }, "derived the approvals' states again");
      }
      return false;
    },
  });
}
