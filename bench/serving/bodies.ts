import { encode } from "fast-png";
import { renderSynthetic } from "#lib/engine/digit/render-synthetic.ts";

/** How a digit is sent: base64 of a PNG of 28 × 28, or 784 numbers 0..255. */
export type Kind = "png" | "pixels";
export const KINDS: readonly Kind[] = ["png", "pixels"];

/** Bodies of `count` different digits, as `/predict` takes them. */
export function makeBodies(kind: Kind, count: number): string[] {
  const { images } = renderSynthetic({ seed: 7, count });
  return Array.from({ length: count }, (_, index) => {
    const data = images.slice(index * 784, (index + 1) * 784);
    if (kind === "pixels") return JSON.stringify({ pixels: [...data] });
    const png = encode({ width: 28, height: 28, data, channels: 1, depth: 8 });
    return JSON.stringify({ image: Buffer.from(png).toString("base64") });
  });
}

/** The same pixels as MLServer takes them: one row of 784 floats by the Open Inference Protocol. */
export function toV2(body: string): string {
  const { pixels } = JSON.parse(body) as { pixels: number[] };
  return JSON.stringify({ inputs: [{ name: "pixels", shape: [1, 784], datatype: "FP32", data: pixels }] });
}
