import { percent } from "#app/_ui/format.ts";
import type { Traffic } from "#lib/serving/traffic/schemas.ts";

export function deploymentHref(name: string): string {
  return `/deployments/${encodeURIComponent(name)}`;
}

export function championWords({ champion }: Traffic, production: number | null): string {
  if (champion !== "Production") return `version ${champion}`;
  return production === null ? "Production (none yet)" : `Production (version ${production})`;
}

/** A share as people write it: `5 %`, `0.5 %`. */
export function share(ratio: number): string {
  return percent(ratio, Number.isInteger(Math.round(ratio * 1e6) / 1e4) ? 0 : 2);
}

/** What the champion has: what the challengers leave. */
export function championWeight({ challengers }: Traffic): number {
  return Math.max(0, 1 - challengers.reduce((sum, { weight }) => sum + weight, 0));
}

/** A table in one line: `Production · version 4: 5 % · version 5 mirrors 10 %`. */
export function trafficWords(traffic: Traffic): string {
  const { champion, challengers, shadows } = traffic;
  return [
    champion === "Production" ? "Production" : `version ${champion}`,
    ...challengers.map(({ version, weight }) => `version ${version}: ${share(weight)}`),
    ...shadows.map(({ version, share: part }) => `version ${version} mirrors ${share(part)}`),
  ].join(" · ");
}
