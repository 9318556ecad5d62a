// `npm run bench:pad -- --url …`: on /draw in a real Chromium, the time from pen-up to the frame after the answer has arrived
// (contracts: 95 % within 100 ms on the reference machine).
import { parseArgs } from "node:util";
import { chromium } from "@playwright/test";
import { generateDigit } from "#lib/engine/digit/generate-digit.ts";

declare global {
  interface Window {
    /** Milliseconds from the last pen-up to the frame after its answer. */
    penUp: Promise<number>;
  }
}

const { values: options } = parseArgs({
  options: {
    url: { type: "string", default: "http://127.0.0.1:3000" },
    count: { type: "string", default: "60" },
    chromium: { type: "string", default: process.env["ASSAY_CHROMIUM"] ?? "/usr/bin/chromium" },
  },
});
const count = Number(options.count);

const browser = await chromium.launch({ executablePath: options.chromium, args: ["--no-sandbox"] });
const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
await page.goto(`${options.url}/draw`);
await page.locator("[data-hydrated=true]").waitFor();
const pad = page.getByRole("application", { name: "Drawing pad" });
const box = await pad.boundingBox();
if (box === null) throw new Error("the pad has no size");

const latencies: number[] = [];
let right = 0;
for (let index = 0; index < count; index++) {
  const label = index % 10;
  await pad.focus();
  await page.keyboard.press("c");
  await page.evaluate(watchPenUp);
  const points = generateDigit(label, index).strokes.map((stroke) => stroke.points);
  const xs = points.flat().map((point) => point.x);
  const ys = points.flat().map((point) => point.y);
  const side = Math.max(Math.max(...xs) - Math.min(...xs), Math.max(...ys) - Math.min(...ys));
  const place = (x: number, y: number) =>
    [
      box.x + box.width * (0.25 + (0.5 * (x - Math.min(...xs))) / side),
      box.y + box.height * (0.2 + (0.6 * (y - Math.min(...ys))) / side),
    ] as const;
  for (const stroke of points) {
    const [first, ...rest] = stroke;
    if (first === undefined) continue;
    await page.mouse.move(...place(first.x, first.y));
    await page.mouse.down();
    for (const point of rest) await page.mouse.move(...place(point.x, point.y));
    await page.mouse.up();
  }
  latencies.push(await page.evaluate(() => window.penUp));
  const said = await page.getByRole("region", { name: "Answer" }).locator("output").textContent();
  if (said?.startsWith(String(label))) right += 1;
}
await browser.close();

latencies.sort((a, b) => a - b);
const at = (share: number) => Math.round((latencies[Math.min(count - 1, Math.floor(count * share))] ?? 0) * 10) / 10;
const result = { count, p50Ms: at(0.5), p95Ms: at(0.95), maxMs: at(1), right };
console.table([result]);
console.log(JSON.stringify({ bench: "pad", ...result }));

/** In the page: resolves `window.penUp` in the frame after the answer to the request that the last pen-up sent. */
function watchPenUp(): void {
  let liftedAt = 0;
  addEventListener("pointerup", () => (liftedAt = performance.now()), { capture: true });
  const penUp = new Promise<number>((resolve) => {
    let timer = 0;
    const observer = new PerformanceObserver((list) => {
      const answers = list.getEntriesByName(new URL("/predict", location.href).href);
      if (!answers.some((answer) => answer.startTime >= liftedAt && liftedAt > 0)) return;
      requestAnimationFrame(() => {
        const latency = performance.now() - liftedAt;
        // A further stroke makes this answer one of a part.
        clearTimeout(timer);
        timer = window.setTimeout(() => {
          observer.disconnect();
          resolve(latency);
        }, 500);
      });
    });
    observer.observe({ type: "resource" });
  });
  Object.assign(window, { penUp });
}
