// `npm run bench:predict`: /predict through a running server beside bare node:http with the same decoding and model, the
// decoding alone, and ONNX Runtime alone, interleaved in one run.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { parseArgs } from "node:util";
import autocannon from "autocannon";
import { encode } from "fast-png";
import { imageToDigit } from "#lib/engine/digit/image-to-digit.ts";
import { renderSynthetic } from "#lib/engine/digit/render-synthetic.ts";
import { decodeImage } from "#lib/engine/image/decode.ts";
import { type DigitSession, openDigitSession } from "#lib/engine/onnx/session.ts";

const { values: options } = parseArgs({
  options: {
    url: { type: "string", default: "http://127.0.0.1:3000" },
    key: { type: "string" },
    seconds: { type: "string", default: "6" },
    rounds: { type: "string", default: "3" },
    connections: { type: "string", default: "16" },
  },
});
const seconds = Number(options.seconds);
const rounds = Number(options.rounds);
const connections = Number(options.connections);

interface Sample {
  requestsPerSecond: number;
  p50Ms: number;
  p99Ms: number;
}

const bodies = makeBodies(64);
const session = await openDigitSession(await productionModel());
const bare = await listen((body) => answer(session, body));
const decoding = await listen(async (body) => ({ ink: (await pixelsOf(body)).reduce((sum, value) => sum + value, 0) }));

const targets: Record<string, () => Promise<Sample>> = {
  "assay /predict": () => load(`${options.url}/predict`),
  "bare node:http + model": () => load(bare.url),
  "bare node:http, decoding only": () => load(decoding.url),
  "ONNX Runtime alone": () => modelAlone(session),
};

const results = new Map<string, Sample[]>(Object.keys(targets).map((name) => [name, []]));
for (let round = 0; round <= rounds; round++) {
  for (const [name, measure] of Object.entries(targets)) {
    const sample = await measure();
    // Round 0 warms up.
    if (round > 0) results.get(name)?.push(sample);
  }
}
bare.server.close();
decoding.server.close();

const table = Object.fromEntries(
  [...results].map(([name, samples]) => [
    name,
    {
      "requests/s": Math.round(median(samples.map((sample) => sample.requestsPerSecond))),
      "p50 ms": round(median(samples.map((sample) => sample.p50Ms))),
      "p99 ms": round(median(samples.map((sample) => sample.p99Ms))),
    },
  ]),
);
console.table(table);
const ours = table["assay /predict"]?.["requests/s"] ?? 0;
const peer = table["bare node:http + model"]?.["requests/s"] ?? 0;
console.log(JSON.stringify({ bench: "predict", connections, seconds, rounds, table, ratioToBare: round(ours / peer) }));
await session.dispose();

function makeBodies(count: number): string[] {
  const { images } = renderSynthetic({ seed: 7, count });
  return Array.from({ length: count }, (_, index) => {
    const data = images.slice(index * 784, (index + 1) * 784);
    const png = encode({ width: 28, height: 28, data, channels: 1, depth: 8 });
    return JSON.stringify({ image: Buffer.from(png).toString("base64") });
  });
}

/** The ONNX file that the server answers with, by its own API. */
async function productionModel(): Promise<Uint8Array> {
  const headers: Record<string, string> = options.key === undefined ? {} : { authorization: `Bearer ${options.key}` };
  const reply = await fetch(`${options.url}/api/models/digits`, { headers });
  if (!reply.ok) throw new Error(`GET /api/models/digits: ${reply.status}; pass --key with an API key`);
  const model = (await reply.json()) as { versions: { stage: string; runId: string }[] };
  const production = model.versions.find((version) => version.stage === "Production");
  if (production === undefined) throw new Error("no version is in Production");
  const file = await fetch(`${options.url}/api/runs/${production.runId}/artifacts/model/model.onnx`, { headers });
  if (!file.ok) throw new Error(`the model's file: ${file.status}`);
  return new Uint8Array(await file.arrayBuffer());
}

async function pixelsOf(body: string): Promise<Uint8Array> {
  const { image } = JSON.parse(body) as { image: string };
  const digit = imageToDigit(await decodeImage(Buffer.from(image, "base64")));
  if (!digit.ok) throw new Error(digit.message);
  return digit.pixels;
}

async function answer(model: DigitSession, body: string): Promise<unknown> {
  const pixels = await pixelsOf(body);
  const probabilities = await model.predict(
    Float32Array.from(pixels, (value) => value / 255),
    1,
  );
  return { probabilities: [...probabilities] };
}

async function listen(reply: (body: string) => Promise<unknown>): Promise<{ server: Server; url: string }> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      reply(Buffer.concat(chunks).toString()).then(
        (value) => response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(value)),
        (error) => response.writeHead(500).end(String(error)),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` };
}

async function load(url: string): Promise<Sample> {
  const headers: Record<string, string> = { "content-type": "application/json" };
  if (options.key !== undefined) headers["authorization"] = `Bearer ${options.key}`;
  const result = await autocannon({
    url,
    connections,
    duration: seconds,
    requests: bodies.map((body) => ({ method: "POST", headers, body })),
  });
  if (result.non2xx > 0 || result.errors > 0) {
    throw new Error(`${url}: ${result.non2xx} replies were not 2xx, ${result.errors} errors`);
  }
  return {
    requestsPerSecond: result.requests.average,
    p50Ms: result.latency.p50,
    p99Ms: result.latency.p99,
  };
}

/** 16 callers, each one image a call: the model's own limit without HTTP or decoding. */
async function modelAlone(model: DigitSession): Promise<Sample> {
  const images = await Promise.all(bodies.map(pixelsOf));
  const inputs = images.map((pixels) => Float32Array.from(pixels, (value) => value / 255));
  const end = performance.now() + seconds * 1_000;
  const latencies: number[] = [];
  const caller = async (offset: number) => {
    for (let index = offset; performance.now() < end; index++) {
      const input = inputs[index % inputs.length];
      if (input === undefined) return;
      const start = performance.now();
      await model.predict(input, 1);
      latencies.push(performance.now() - start);
    }
  };
  await Promise.all(Array.from({ length: connections }, (_, offset) => caller(offset)));
  latencies.sort((a, b) => a - b);
  return {
    requestsPerSecond: latencies.length / seconds,
    p50Ms: latencies[Math.floor(latencies.length * 0.5)] ?? 0,
    p99Ms: latencies[Math.floor(latencies.length * 0.99)] ?? 0,
  };
}

function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
