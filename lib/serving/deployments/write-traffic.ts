import { createHash } from "node:crypto";
import { canonicalJson } from "#lib/platform/canonical-json.ts";
import { actorName } from "#lib/platform/ctx.ts";
import type { Tx } from "#lib/platform/db.ts";
import { versionsOf } from "#lib/serving/deployments/check-traffic.ts";
import { insertTrafficTable, type StoredDeployment } from "#lib/serving/store/deployments.ts";
import type { Traffic } from "#lib/serving/traffic/schemas.ts";

/** The table for the record and for digests, which hold integers only: fractions are written out. */
export function recordOf(traffic: Traffic): { [key: string]: unknown } {
  return {
    champion: traffic.champion,
    challengers: traffic.challengers.map(({ version, weight }) => ({ version, weight: String(weight) })),
    shadows: traffic.shadows.map(({ version, share }) => ({ version, share: String(share) })),
  };
}

/** SHA-256, hex, of what the table says. */
export function digestOf(traffic: Traffic): string {
  return createHash("sha256")
    .update(canonicalJson(recordOf(traffic)))
    .digest("hex");
}

/** Writes the deployment's next table, inside the lock. Returns its generation. */
export async function writeTraffic(
  tx: Tx,
  deployment: Pick<StoredDeployment, "id" | "generation" | "salt" | "traffic">,
  traffic: Traffic,
  reason: string,
): Promise<number> {
  const generation = deployment.generation + 1;
  await insertTrafficTable(tx, {
    deploymentId: deployment.id,
    generation,
    entries: { ...traffic, salt: saltFor(deployment, traffic, generation) },
    versions: versionsOf(traffic),
    digest: digestOf(traffic),
    actor: actorName(tx.actor),
    reason,
  });
  return generation;
}

/**
 * The same salt while the same challengers compete, so that a ramp only adds callers and none flips twice; another one for
 * others, so that the first callers are not always the same people.
 */
function saltFor(
  { id, salt, traffic: before }: Pick<StoredDeployment, "id" | "salt" | "traffic">,
  traffic: Traffic,
  generation: number,
): string {
  const competing = (table: Traffic) => table.challengers.map(({ version }) => version).join();
  return salt !== null && competing(before) === competing(traffic) ? salt : `${id}:${generation}:assign`;
}
