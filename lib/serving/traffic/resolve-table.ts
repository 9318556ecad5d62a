import type { Traffic } from "#lib/serving/traffic/schemas.ts";

/** A version that the table names, or that is in Production. */
export interface KnownVersion {
  version: number;
  stage: string;
  onnxDigest: string | null;
  /** It went into Production by an approval once. */
  isApproved: boolean;
}

/** What a table comes to with the versions that there are. */
export interface Targets {
  /** Null: none can be served, for the reason in `problem`. */
  champion: KnownVersion | null;
  problem: "none_in_production" | "no_onnx_file" | null;
  /** In the table's order. Without a target the champion stands in. */
  challengers: { weight: number; target: KnownVersion | null }[];
  shadows: { share: number; target: KnownVersion }[];
}

/**
 * Whether a version may answer callers. Where a policy protects the model's Production: only the one that is there, and
 * those that an approval once put there, so that going back never waits. Shadows answer nobody.
 */
export function mayAnswer(version: KnownVersion, isProtected: boolean): boolean {
  return !isProtected || version.isApproved || version.stage === "Production";
}

/**
 * The versions that serve. A challenger that may not answer, or cannot, leaves its callers to the champion; a pinned champion
 * that may not answer any more leaves them to Production. So a policy holds from the moment that it is saved.
 */
export function resolveTable(of: {
  traffic: Traffic;
  versions: readonly KnownVersion[];
  isProtected: boolean;
}): Targets {
  const { traffic, versions, isProtected } = of;
  const find = (version: number) => versions.find((one) => one.version === version) ?? null;
  const answering = (version: number) => {
    const found = find(version);
    return found !== null && mayAnswer(found, isProtected) ? found : null;
  };
  const production = versions.find(({ stage }) => stage === "Production") ?? null;
  const champion = (traffic.champion === "Production" ? null : answering(traffic.champion)) ?? production;
  const challengers = traffic.challengers.map(({ version, weight }) => {
    const target = answering(version);
    return { weight, target: target?.onnxDigest == null ? null : target };
  });
  const shadows = traffic.shadows.flatMap(({ version, share }) => {
    const target = find(version);
    return target?.onnxDigest == null ? [] : [{ share, target }];
  });
  return {
    champion,
    problem: champion === null ? "none_in_production" : champion.onnxDigest === null ? "no_onnx_file" : null,
    challengers,
    shadows,
  };
}
