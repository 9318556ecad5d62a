// `npm run bench:host`: what a model's own process costs a call, against ONNX Runtime in this process; interleaved.

import { ARCHITECTURES, IMAGE_PIXELS } from "#lib/engine/architectures.ts";
import { initWeights } from "#lib/engine/init-weights.ts";
import { planNetwork } from "#lib/engine/network.ts";
import { exportOnnx } from "#lib/engine/onnx/export-onnx.ts";
import { openHostedModel } from "#lib/engine/onnx/hosted-model.ts";
import { openDigitSession } from "#lib/engine/onnx/session.ts";
import { digestOf } from "#lib/engine/onnx/testing/odd-models.ts";

const ROUNDS = 5;
const CALLS = 400;

const network = planNetwork(ARCHITECTURES.baseline);
const onnx = exportOnnx(network, initWeights(network, 1));
const inProcess = await openDigitSession(onnx);
const hosted = await openHostedModel({ digest: digestOf(onnx), read: async () => onnx });

interface Row {
  batch: number;
  atOnce: number;
  where: "in process" | "host";
  p50Ms: number;
  p99Ms: number;
  callsPerSecond: number;
}

const rows: Row[] = [];
for (const batch of [1, 64]) {
  const pixels = Float32Array.from({ length: batch * IMAGE_PIXELS }, (_, index) => (index % 255) / 255);
  const bytes = new Uint8Array(pixels.buffer);
  const calls: Record<Row["where"], () => Promise<unknown>> = {
    "in process": () => inProcess.predict(pixels, batch),
    host: () => hosted.run([{ name: "image", type: "float32", dims: [batch, 28, 28, 1], bytes }]),
  };
  for (const atOnce of [1, 8]) {
    const times: Record<Row["where"], number[]> = { "in process": [], host: [] };
    const rates: Record<Row["where"], number[]> = { "in process": [], host: [] };
    for (let round = 0; round <= ROUNDS; round++) {
      for (const where of ["in process", "host"] as const) {
        const began = performance.now();
        const taken = await measure(calls[where], atOnce);
        // Round 0 warms up.
        if (round === 0) continue;
        times[where].push(...taken);
        rates[where].push((taken.length / (performance.now() - began)) * 1_000);
      }
    }
    for (const where of ["in process", "host"] as const) {
      const [p50Ms, p99Ms] = [quantile(times[where], 0.5), quantile(times[where], 0.99)];
      rows.push({ batch, atOnce, where, p50Ms, p99Ms, callsPerSecond: Math.round(quantile(rates[where], 0.5)) });
    }
  }
}
await hosted.close();
await inProcess.dispose();
console.table(rows);
console.log(JSON.stringify({ bench: "host", rounds: ROUNDS, calls: CALLS, rows }));

async function measure(call: () => Promise<unknown>, atOnce: number): Promise<number[]> {
  const times: number[] = [];
  const caller = async () => {
    while (times.length < CALLS) {
      const began = performance.now();
      await call();
      times.push(performance.now() - began);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, caller));
  return times;
}

function quantile(values: number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return Math.round((sorted[Math.floor((sorted.length - 1) * share)] ?? 0) * 1_000) / 1_000;
}
