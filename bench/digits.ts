// `npm run bench:digits`: how well a running server reads MNIST's test digits when people send them as pictures: PNGs of
// 28 to 1,000 pixels, both polarities, off-centre, at half size in the frame, enlarged by repeating pixels or bicubically.
// ASSAY_DATA_DIR says where MNIST is. The last line is one JSON object.
import { parseArgs } from "node:util";
import sharp from "sharp";
import { mulberry32 } from "#lib/engine/digit/prng.ts";
import { hasMnist, readMnist } from "#lib/engine/digit/testing/mnist-test-set.ts";

const { values: options } = parseArgs({
  options: {
    url: { type: "string", default: "http://127.0.0.1:3000" },
    key: { type: "string" },
    count: { type: "string", default: "1000" },
    connections: { type: "string", default: "4" },
  },
});
const count = Number(options.count);
const connections = Number(options.connections);
if (!hasMnist) throw new Error("ASSAY_DATA_DIR must name the folder that holds mnist/ with the four IDX files.");

interface Picture {
  size: number;
  kernel: "nearest" | "cubic";
  place: "as is" | "off-centre" | "half size";
  inverted: boolean;
}

interface Result {
  picture: string;
  accuracy: number;
  /** Answered with a 4xx: counted as wrong. */
  refused: number;
  p50Ms: number;
  p95Ms: number;
}

const { images, labels } = readMnist("t10k");
// Spread over the whole test set: its halves come from different groups of writers.
const chosen = Array.from({ length: count }, (_, i) => Math.floor((i * labels.length) / count));

const model = await modelName();
const plain = await measure("plain pixels", (digit) => Promise.resolve({ pixels: Array.from(digit) }));
const results: Result[] = [];
for (const picture of pictures()) {
  const result = await measure(nameOf(picture), async (digit, index) => ({
    image: Buffer.from(await pngOf(digit, picture, index)).toString("base64"),
  }));
  results.push(result);
  console.error(`${result.picture}: ${(100 * result.accuracy).toFixed(1)} %`);
}

const worst = Math.min(...results.map((result) => result.accuracy));
console.table(
  [plain, ...results].map(({ picture, accuracy, refused, p50Ms, p95Ms }) => ({
    picture,
    "accuracy %": round(100 * accuracy),
    "against plain, points": round(100 * (accuracy - plain.accuracy)),
    refused,
    "p50 ms": round(p50Ms),
    "p95 ms": round(p95Ms),
  })),
);
console.log(`${model}, ${count} digits; worst ${round(100 * (worst - plain.accuracy))} points against plain pixels`);
console.log(JSON.stringify({ bench: "digits", url: options.url, model, count, plain, results, worst }));

function pictures(): Picture[] {
  const list: Picture[] = [];
  for (const size of [28, 112, 280, 1000]) {
    for (const kernel of ["nearest", "cubic"] as const) {
      if (size === 28 && kernel === "cubic") continue;
      for (const place of ["as is", "off-centre", "half size"] as const) {
        if (size === 28 && place === "half size") continue;
        for (const inverted of [false, true]) list.push({ size, kernel, place, inverted });
      }
    }
  }
  return list;
}

function nameOf({ size, kernel, place, inverted }: Picture): string {
  const enlarged = size === 28 ? "" : `, ${kernel}`;
  return `${size} px${enlarged}, ${place}, ${inverted ? "dark on light" : "light on dark"}`;
}

/** The digit as a picture; where it stands is drawn from its index. */
async function pngOf(
  digit: Uint8Array,
  { size, kernel, place, inverted }: Picture,
  index: number,
): Promise<Uint8Array> {
  const random = mulberry32(index);
  const side = place === "half size" ? size / 2 : place === "off-centre" && size > 28 ? Math.round(size * 0.7) : size;
  const drawn =
    side === 28
      ? digit
      : await sharp(digit, { raw: { width: 28, height: 28, channels: 1 } })
          .resize(side, side, { kernel, fit: "fill" })
          .extractChannel(0)
          .raw()
          .toBuffer();
  // At 28 pixels off-centre is a shift of the ink by up to three pixels, as far as it has room.
  const free =
    size > 28
      ? { x: [0, size - side], y: [0, size - side] }
      : place === "off-centre"
        ? room(digit)
        : { x: [0, 0], y: [0, 0] };
  const left = between(free.x, random());
  const top = between(free.y, random());
  const frame = new Uint8Array(size * size);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const value = drawn[y * side + x] ?? 0;
      if (value > 0) frame[(top + y) * size + left + x] = value;
    }
  }
  if (inverted) for (let i = 0; i < frame.length; i++) frame[i] = 255 - (frame[i] ?? 0);
  const raw = { width: size, height: size, channels: 1 as const };
  return sharp(frame, { raw }).toColourspace("b-w").png({ compressionLevel: 3 }).toBuffer();
}

/** How far the ink of a 28×28 image can be moved: at most 3 pixels, and not over the edge. */
function room(digit: Uint8Array): { x: number[]; y: number[] } {
  const columns: number[] = [];
  const rows: number[] = [];
  digit.forEach((value, i) => {
    if (value > 0) {
      columns.push(i % 28);
      rows.push(Math.floor(i / 28));
    }
  });
  const range = (at: number[]) => [-Math.min(3, Math.min(...at)), Math.min(3, 27 - Math.max(...at))];
  return { x: range(columns), y: range(rows) };
}

function between([from = 0, to = 0]: number[], share: number): number {
  return from + Math.floor(share * (to - from + 1));
}

async function measure(
  picture: string,
  bodyOf: (digit: Uint8Array, index: number) => Promise<Record<string, unknown>>,
): Promise<Result> {
  let right = 0;
  let refused = 0;
  const times: number[] = [];
  const waiting = [...chosen];
  const work = async () => {
    for (let index = waiting.pop(); index !== undefined; index = waiting.pop()) {
      const body = JSON.stringify(await bodyOf(images.subarray(index * 784, index * 784 + 784), index));
      const start = performance.now();
      const { status, prediction } = await post(body);
      times.push(performance.now() - start);
      if (status !== 200) refused++;
      else if (prediction === labels[index]) right++;
    }
  };
  await Promise.all(Array.from({ length: connections }, work));
  times.sort((a, b) => a - b);
  const quantile = (q: number) => times[Math.floor(q * (times.length - 1))] ?? 0;
  return { picture, accuracy: right / count, refused, p50Ms: quantile(0.5), p95Ms: quantile(0.95) };
}

/** Waits where the server's rate limit says so. Any answer but 200, 400 and 429 ends the run. */
async function post(
  body: string,
): Promise<{ status: number; prediction?: number; model?: { name: string; version: number } }> {
  for (;;) {
    const response = await fetch(new URL("/predict", options.url), {
      method: "POST",
      headers: {
        "content-type": "application/json",
        ...(options.key ? { authorization: `Bearer ${options.key}` } : {}),
      },
      body,
    });
    if (response.status === 429) {
      await response.body?.cancel();
      const seconds = Number(response.headers.get("retry-after") ?? 1);
      await new Promise((resolve) => setTimeout(resolve, 1000 * Math.min(seconds, 10)));
      continue;
    }
    const answer = (await response.json()) as { prediction?: number; model?: { name: string; version: number } };
    if (response.status !== 200 && response.status !== 400) {
      throw new Error(`POST /predict answered ${response.status}: ${JSON.stringify(answer)}`);
    }
    return { ...answer, status: response.status };
  }
}

async function modelName(): Promise<string> {
  const { model: served } = await post(JSON.stringify({ pixels: Array.from(images.subarray(0, 784)) }));
  return served ? `${served.name} version ${served.version}` : "unknown";
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
