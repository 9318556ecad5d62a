import { z } from "zod";

/** Browser-safe: a deployment's traffic table. Weights and shares are fractions in 0..1. */

const VersionNumber = z.int().min(1).max(2_147_483_647);
const Fraction = z.number().min(0).max(1);

/** The version in Production, whichever it is, or a fixed one. */
const Champion = z.union([z.literal("Production"), VersionNumber]).meta({
  description: "`Production` follows the model's stage; a number is that version.",
});

const Challenger = z.strictObject({
  version: VersionNumber,
  weight: Fraction.meta({ description: "Share of the callers who get its answers, 0..1." }),
});

const Shadow = z.strictObject({
  version: VersionNumber,
  share: Fraction.meta({
    description: "Share of the requests that are mirrored to it, 0..1; its answers are compared.",
  }),
});

const MOST = 8;

/** What a table says. The champion has what the challengers leave. */
export const Traffic = z
  .strictObject({
    champion: Champion,
    challengers: z.array(Challenger).max(MOST).default([]),
    shadows: z.array(Shadow).max(MOST).default([]),
  })
  .check(({ value, issues }) => {
    const named = [value.champion, ...[...value.challengers, ...value.shadows].map(({ version }) => version)];
    const twice = named.find((version, index) => named.indexOf(version) !== index);
    if (twice !== undefined) {
      issues.push({
        ...{ code: "custom", input: value, path: ["challengers"], message: `version ${twice} is named twice` },
        params: { remedy: "Name each version once: as champion, challenger or shadow." },
      });
    }
    const sum = value.challengers.reduce((all, { weight }) => all + weight, 0);
    if (sum > 1 + 1e-9) {
      issues.push({
        ...{ code: "custom", input: value, path: ["challengers"], message: `the weights add up to ${sum}` },
        params: { remedy: "Let them add up to 1 at most; the champion has the rest." },
      });
    }
  });
export type Traffic = z.infer<typeof Traffic>;

/** What serves while no table was written. */
export const PRODUCTION_ONLY: Traffic = { champion: "Production", challengers: [], shadows: [] };

/** Of an answer: who was to give it, and who gave it. */
export const ArmName = z.enum(["champion", "challenger"]);
export type ArmName = z.infer<typeof ArmName>;

/** By what a caller keeps to a version; `request`: by nothing that lasts. */
export const StickyBy = z.enum(["header", "cookie", "caller", "request"]);
export type StickyBy = z.infer<typeof StickyBy>;

/** How an answer was routed. */
export const Routed = z.object({
  name: z.string().meta({ description: "The deployment." }),
  generation: z.int().min(0).meta({ description: "Of the traffic table; 0 before the first." }),
  arm: ArmName.meta({ description: "Who answered." }),
  assigned: ArmName.meta({ description: "Who was to answer; the champion stands in for a challenger that cannot." }),
  stickyBy: StickyBy.nullable().meta({
    description: "By what the caller keeps to a version; null: there is no choice.",
  }),
});
export type Routed = z.infer<typeof Routed>;
