import { z } from "zod";
import { DATATYPES } from "#lib/serving/v2/datatypes.ts";

/** Browser-safe: the Open Inference Protocol's forms. */

export const ModelParams = z.object({
  /** A deployment's name. */
  name: z.string().min(1).max(255),
});
export const VersionParams = ModelParams.extend({ version: z.coerce.number().int().min(1).max(2_147_483_647) });

const Parameters = z.record(z.string(), z.union([z.boolean(), z.number(), z.string()])).optional();
const Shape = z.array(z.int().min(1).max(2_147_483_647)).max(16);

/** Unknown fields are let pass, as other servers of the protocol do. */
export const InferBody = z.object({
  id: z.string().max(256).optional(),
  parameters: Parameters,
  inputs: z
    .array(
      z.object({
        name: z.string(),
        shape: Shape,
        datatype: z.enum(DATATYPES),
        parameters: Parameters,
        /** Absent where the bytes follow the JSON. */
        data: z.unknown().optional(),
      }),
    )
    .min(1)
    .max(1_000),
  outputs: z
    .array(z.object({ name: z.string(), parameters: Parameters }))
    .max(1_000)
    .optional(),
});
export type InferBody = z.infer<typeof InferBody>;

const TensorMetadata = z.object({ name: z.string(), datatype: z.enum(DATATYPES), shape: z.array(z.int()) });

export const ServerMetadata = z
  .object({ name: z.string(), version: z.string(), extensions: z.array(z.string()) })
  .meta({ id: "V2Server" });
export type ServerMetadata = z.infer<typeof ServerMetadata>;

export const ModelMetadata = z
  .object({
    name: z.string(),
    versions: z.array(z.string()),
    platform: z.string(),
    inputs: z.array(TensorMetadata),
    outputs: z.array(TensorMetadata),
  })
  .meta({ id: "V2Model" });
export type ModelMetadata = z.infer<typeof ModelMetadata>;

const ConfigTensor = z.object({ name: z.string(), data_type: z.string(), dims: z.array(z.int()) });
export const ModelConfig = z
  .object({
    name: z.string(),
    platform: z.string(),
    backend: z.string(),
    version_policy: z.object({ specific: z.object({ versions: z.array(z.int()) }) }),
    /** 0: the first dimension stands in `dims`. */
    max_batch_size: z.int(),
    input: z.array(ConfigTensor),
    output: z.array(ConfigTensor),
  })
  .meta({ id: "V2Config" });
export type ModelConfig = z.infer<typeof ModelConfig>;

const Duration = z.object({ count: z.int(), ns: z.int() });
export const ModelStatistics = z
  .object({
    model_stats: z.array(
      z.object({
        name: z.string(),
        version: z.string(),
        /** Milliseconds since 1970; 0: none yet. */
        last_inference: z.int(),
        /** Rows, as the first dimension counts them. */
        inference_count: z.int(),
        /** Runs of the model. */
        execution_count: z.int(),
        inference_stats: z.object({
          success: Duration,
          fail: Duration,
          queue: Duration,
          compute_input: Duration,
          compute_infer: Duration,
          compute_output: Duration,
        }),
      }),
    ),
  })
  .meta({ id: "V2Statistics" });
export type ModelStatistics = z.infer<typeof ModelStatistics>;

export const RepositoryIndex = z
  .array(
    z.object({ name: z.string(), version: z.string(), state: z.enum(["READY", "UNAVAILABLE"]), reason: z.string() }),
  )
  .meta({ id: "V2Index" });
export type RepositoryIndex = z.infer<typeof RepositoryIndex>;

export const InferReply = z
  .object({
    model_name: z.string(),
    model_version: z.string(),
    id: z.string().optional(),
    parameters: z.record(z.string(), z.union([z.boolean(), z.number(), z.string()])).optional(),
    outputs: z.array(TensorMetadata.extend({ data: z.array(z.unknown()).optional() })),
  })
  .meta({ id: "V2Inference" });
