import { z } from "zod";
import { Traffic } from "#lib/serving/traffic/schemas.ts";

/** Browser-safe: what the verbs of deployments take and give. */

const DeploymentName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, "is made of lower-case letters, digits and hyphens, 63 at most")
  .meta({ description: "Part of the address: `/predict/{deployment}`." });
const Access = z.enum(["public", "key"]).meta({
  description: "`public`: anybody may ask it; `key`: who has the scope serving:predict.",
});
const Reason = z.string().max(2_000).meta({ description: "Why; part of the record." });

/** A name in a path: one that cannot be is not found. */
export const DeploymentParams = z.object({ name: z.string().min(1).max(255) });
export const PredictParams = z.object({ deployment: z.string().min(1).max(255) });

export const CreateDeploymentBody = z.strictObject({
  name: DeploymentName,
  modelName: z.string().min(1).max(255),
  access: Access.default("key"),
  isDefault: z.boolean().optional().meta({ description: "A project's first deployment is its default one anyway." }),
  traffic: Traffic.optional().meta({ description: "Absent: the version in Production answers." }),
  reason: Reason.optional(),
});
export type CreateDeploymentBody = z.input<typeof CreateDeploymentBody>;

export const UpdateDeploymentBody = z.strictObject({
  access: Access.optional(),
  isDefault: z.literal(true).optional().meta({ description: "`/predict` means it from now on." }),
});
export type UpdateDeploymentBody = z.infer<typeof UpdateDeploymentBody>;

export const TrafficBody = z
  .strictObject({
    traffic: Traffic,
    reason: Reason.optional(),
    expectedGeneration: z.int().min(0).optional().meta({
      description: "The generation that the change starts from: 409 when it is another one by now.",
    }),
  })
  .meta({ id: "TrafficBody" });
export type TrafficBody = z.input<typeof TrafficBody>;

export const ReasonQuery = z.object({ reason: Reason.optional() });

export const Deployment = z
  .object({
    name: z.string(),
    modelName: z.string(),
    access: Access,
    isDefault: z.boolean(),
    generation: z.int().min(0),
    traffic: Traffic,
    /** The model's version in Production; null: none. */
    productionVersion: z.int().nullable(),
    isProtected: z
      .boolean()
      .meta({ description: "A policy protects the model's Production: what answers needs an approval." }),
    createdAt: z.iso.datetime(),
  })
  .meta({ id: "Deployment" });
export type Deployment = z.infer<typeof Deployment>;

export const DeploymentList = z.object({ items: z.array(Deployment) });

export const TrafficChange = z
  .object({
    generation: z.int().min(1),
    traffic: Traffic,
    digest: z.string(),
    actor: z.string(),
    reason: z.string(),
    at: z.iso.datetime(),
  })
  .meta({ id: "TrafficChange" });
export type TrafficChange = z.infer<typeof TrafficChange>;

export const TrafficHistory = z.object({ items: z.array(TrafficChange), nextCursor: z.string().optional() });

/** Since `since`: what each version answered, and how the shadows compared under the newest tables. */
export const DeploymentActivity = z
  .object({
    since: z.iso.datetime(),
    answers: z.array(
      z.object({
        version: z.int(),
        answers: z.int().min(0),
        meanConfidence: z.number(),
        meanLatencyMs: z.number(),
      }),
    ),
    shadows: z.array(
      z.object({
        version: z.int(),
        generation: z.int(),
        agreed: z.int().min(0),
        differed: z.int().min(0),
        failed: z.int().min(0),
        shed: z.int().min(0),
      }),
    ),
  })
  .meta({ id: "DeploymentActivity" });
export type DeploymentActivity = z.infer<typeof DeploymentActivity>;
