// The physical limit of bench:serving: bare node:http that decodes the same digit and puts all that waits into one call of
// ONNX Runtime, with nothing else: no routes, no auth, no log, no metrics. `limit-server.ts <model> <port> [one]`; "one"
// calls the model once an image.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { imageToDigit } from "#lib/engine/digit/image-to-digit.ts";
import { decodeImage } from "#lib/engine/image/decode.ts";
import { openDigitSession } from "#lib/engine/onnx/session.ts";

const [file = "", port = "", how] = process.argv.slice(2);
const session = await openDigitSession(await readFile(file));
const most = how === "one" ? 1 : 256;
let waiting: { pixels: Uint8Array; resolve: (output: Float32Array) => void }[] = [];
let isRunning = false;

async function pump(): Promise<void> {
  while (waiting.length > 0) {
    const taken = waiting.slice(0, most);
    waiting = waiting.slice(taken.length);
    const batch = new Float32Array(taken.length * 784);
    for (const [row, { pixels }] of taken.entries()) {
      for (let index = 0; index < 784; index++) batch[row * 784 + index] = (pixels[index] ?? 0) / 255;
    }
    const output = await session.predict(batch, taken.length);
    for (const [row, { resolve }] of taken.entries()) resolve(output.subarray(row * 10, row * 10 + 10));
  }
  isRunning = false;
}

async function answer(body: string): Promise<string> {
  const { image, pixels } = JSON.parse(body) as { image?: string; pixels?: number[] };
  const digit =
    image === undefined
      ? Uint8Array.from(pixels ?? [])
      : await decodeImage(Buffer.from(image, "base64")).then((decoded) => {
          const read = imageToDigit(decoded);
          if (!read.ok) throw new Error(read.message);
          return read.pixels;
        });
  const output = await new Promise<Float32Array>((resolve) => {
    waiting.push({ pixels: digit, resolve });
    if (isRunning) return;
    isRunning = true;
    setImmediate(pump);
  });
  return JSON.stringify({ probabilities: [...output] });
}

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    if (request.method === "GET") return void response.end();
    answer(Buffer.concat(chunks).toString()).then(
      (text) => response.writeHead(200, { "content-type": "application/json" }).end(text),
      (error) => response.writeHead(500).end(String(error)),
    );
  });
});
server.listen(Number(port), "127.0.0.1");
// Whoever started it may be gone without a word.
process.on("disconnect", () => process.exit(0));
