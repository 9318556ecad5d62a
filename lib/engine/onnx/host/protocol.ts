import { z } from "zod";
import { ELEMENT_BYTES, type RawTensor, type TensorType } from "#lib/engine/onnx/tensors.ts";

/** The conversation between a process and its model host. Every request is answered once, by its number. */

const TensorTypeSchema = z.enum(Object.keys(ELEMENT_BYTES) as [TensorType, ...TensorType[]]);
const TensorHead = z.object({
  name: z.string(),
  type: TensorTypeSchema,
  dims: z.array(z.int()),
  /** Its bytes in the body; each begins at a multiple of 8. */
  sizeBytes: z.int().min(0),
});
type TensorHead = z.infer<typeof TensorHead>;
const Info = z.object({ name: z.string(), type: TensorTypeSchema, dims: z.array(z.int()) });

export const HostRequest = z.discriminatedUnion("kind", [
  /** The body is the model. */
  z.object({ id: z.int(), kind: z.literal("load"), digest: z.string() }),
  z.object({ id: z.int(), kind: z.literal("run"), tensors: z.array(TensorHead), outputs: z.array(z.string()) }),
]);
export type HostRequest = z.infer<typeof HostRequest>;

export const HostReply = z.discriminatedUnion("kind", [
  z.object({ id: z.int(), kind: z.literal("loaded"), inputs: z.array(Info), outputs: z.array(Info) }),
  z.object({ id: z.int(), kind: z.literal("ran"), tensors: z.array(TensorHead) }),
  z.object({ id: z.int(), kind: z.literal("failed"), message: z.string() }),
]);
export type HostReply = z.infer<typeof HostReply>;

const ALIGNMENT = 8;
const PADDING = new Uint8Array(ALIGNMENT);

/** Heads for the header, and the bytes for the body. */
export function packTensors(tensors: readonly RawTensor[]): { heads: TensorHead[]; body: Uint8Array[] } {
  const heads = tensors.map(({ name, type, dims, bytes }) => ({
    ...{ name, type, dims: [...dims] },
    sizeBytes: bytes.byteLength,
  }));
  const body = tensors.flatMap(({ bytes }) => {
    const missing = (ALIGNMENT - (bytes.byteLength % ALIGNMENT)) % ALIGNMENT;
    return missing === 0 ? [bytes] : [bytes, PADDING.subarray(0, missing)];
  });
  return { heads, body };
}

/** The tensors are views of the body. */
export function unpackTensors(heads: readonly TensorHead[], body: Uint8Array): RawTensor[] {
  let at = 0;
  return heads.map(({ name, type, dims, sizeBytes }) => {
    const bytes = body.subarray(at, at + sizeBytes);
    at += Math.ceil(sizeBytes / ALIGNMENT) * ALIGNMENT;
    return { name, type, dims, bytes };
  });
}
