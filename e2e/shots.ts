// `npm run shots -- <folder> --url …`: every page of a started Assay in light and dark, at 1440 and 390 px, as whole-page PNGs.
// Signs in with ASSAY_ADMIN_EMAIL and ASSAY_ADMIN_PASSWORD; trains, registers and promotes one quick run where there is none.
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "@playwright/test";
import { z } from "zod";
import { hydrated } from "./hydrated.ts";
import { makeTrace } from "./make-trace.ts";
import { SHOTS, type Shot } from "./places.ts";

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    url: { type: "string", default: "http://127.0.0.1:3000" },
    /** Only shots whose name contains this. */
    only: { type: "string", default: "" },
    /** As it stands, nothing is trained: for a fresh install. Pages that need a run are left out. */
    bare: { type: "boolean", default: false },
    chromium: { type: "string", default: process.env["ASSAY_CHROMIUM"] ?? "/usr/bin/chromium" },
  },
});
const folder = positionals[0];
if (folder === undefined) throw new Error("Say into which folder: npm run shots -- <folder>");
mkdirSync(folder, { recursive: true });

const SIZES = [
  { viewport: { width: 1440, height: 900 } },
  { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true },
] as const;
/** From the page's first content to charts and fonts in their place. */
const SETTLE_MS = 900;

const Runs = z.object({
  items: z.array(z.object({ id: z.string(), status: z.string(), tags: z.record(z.string(), z.string()) })),
});
const Run = z.object({ id: z.string(), status: z.string() });
const Requests = z.object({ items: z.array(z.object({ id: z.string() })) });
const Queued = z.object({ runId: z.string() });

type Session = NonNullable<BrowserContextOptions["storageState"]>;

async function signIn(browser: Browser): Promise<Session> {
  const page = await browser.newPage();
  await page.goto(`${options.url}/sign-in`);
  await hydrated(page);
  await page.getByLabel("E-mail address").fill(process.env["ASSAY_ADMIN_EMAIL"] ?? "admin@localhost.local");
  await page.getByLabel("Password").fill(process.env["ASSAY_ADMIN_PASSWORD"] ?? "");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL((url) => url.pathname === "/");
  const session = await page.context().storageState();
  await page.close();
  return session;
}

async function ask<T extends z.ZodType>(page: Page, reply: T, path: string, data?: object): Promise<z.infer<T>> {
  const headers = { Origin: options.url };
  const response = await (data === undefined
    ? page.request.get(options.url + path)
    : page.request.post(options.url + path, { data, headers }));
  if (!response.ok()) throw new Error(`${path}: ${response.status()} ${await response.text()}`);
  return reply.parse(await response.json());
}

const SPEC = { architecture: "baseline", epochs: 2, batchSize: 64, learningRate: 0.001, trainLimit: 6_000 };

async function finishedRun(page: Page): Promise<z.infer<typeof Runs>["items"][number]> {
  const newest = async () => (await ask(page, Runs, "/api/runs?status=FINISHED&limit=1")).items[0];
  const found = await newest();
  if (found !== undefined) return found;
  const { runId } = await ask(page, Queued, "/api/training/runs", { name: "quick", spec: SPEC });
  const until = Date.now() + 300_000;
  while ((await ask(page, Run, `/api/runs/${runId}`)).status !== "FINISHED") {
    if (Date.now() > until) throw new Error("The quick run did not finish within 5 minutes.");
    await delay(1_000);
  }
  await ask(page, z.unknown(), "/api/models/digits/versions", { runId });
  const stage = { stage: "Production", reason: "the first of its kind, for the pictures of every page" };
  await ask(page, z.unknown(), "/api/models/digits/versions/1/stage", stage);
  const made = await newest();
  if (made === undefined) throw new Error("The quick run is not listed.");
  return made;
}

/** A run that goes on while the pictures are taken; it is cancelled at the end. */
async function liveRun(page: Page): Promise<string> {
  const spec = { ...SPEC, architecture: "enhanced", epochs: 200, metricsEveryBatches: 20 };
  const { runId } = await ask(page, Queued, "/api/training/runs", { name: "live", spec });
  while ((await ask(page, Run, `/api/runs/${runId}`)).status !== "RUNNING") await delay(500);
  await delay(8_000);
  return runId;
}

async function makeRuns(page: Page) {
  const run = await finishedRun(page);
  const [request] = (await ask(page, Requests, "/api/approvals?limit=1")).items;
  const trace = await makeTrace(page, options.url);
  return {
    trace,
    run: run.id,
    dataset: run.tags["dataset"] ?? "mnist",
    request: request?.id,
    live: await liveRun(page),
  };
}

async function bringAbout(page: Page, shot: Shot): Promise<void> {
  await page.getByRole("heading", { level: 1 }).first().waitFor({ state: "attached" });
  const drawn = () =>
    [...document.querySelectorAll("[data-chart]")].every((chart) => chart.querySelector("svg rect, svg path"));
  await page.waitForFunction(drawn);
  await delay(SETTLE_MS);
  for (const key of shot.keys ?? []) await page.keyboard.press(key);
  for (const name of shot.click ?? []) {
    const roles = ["button", "link", "menuitem"] as const;
    const [first, ...others] = roles.map((role) => page.getByRole(role, { name }));
    const target = others
      .reduce((all, one) => all.or(one), first ?? page.getByText(name))
      .or(page.locator("summary").filter({ hasText: name }));
    await target.filter({ visible: true }).first().click();
    await delay(300);
  }
  if (shot.draw === true) {
    const box = await page.getByRole("application", { name: "Drawing pad" }).boundingBox();
    if (box === null) throw new Error("the pad has no size");
    const at = (x: number, y: number) => [box.x + box.width * x, box.y + box.height * y] as const;
    await page.mouse.move(...at(0.3, 0.25));
    await page.mouse.down();
    await page.mouse.move(...at(0.68, 0.25), { steps: 12 });
    await page.mouse.move(...at(0.45, 0.78), { steps: 16 });
    await page.mouse.up();
    await delay(SETTLE_MS);
  }
}

const browser = await chromium.launch({
  ...(existsSync(options.chromium) ? { executablePath: options.chromium } : {}),
  args: ["--no-sandbox"],
});
const session = await signIn(browser);
const desk = await browser.newPage({ storageState: session });
const values = options.bare ? null : await makeRuns(desk);
let failed = 0;

for (const colorScheme of ["light", "dark"] as const) {
  for (const size of SIZES) {
    const { width } = size.viewport;
    for (const shot of SHOTS) {
      if (!shot.name.includes(options.only) || (shot.width ?? width) !== width) continue;
      if (values === null && shot.path.includes("{")) continue;
      if (values?.request === undefined && shot.path.includes("{request}")) continue;
      const page = await browser.newPage({
        ...size,
        colorScheme,
        reducedMotion: "reduce",
        ...(shot.stranger === true ? {} : { storageState: session }),
      });
      const file = `${shot.name.replaceAll(/[^a-z0-9]+/gi, "-")}.${colorScheme}.${width}.png`;
      const path = shot.path.replaceAll(
        /\{(run|live|dataset|request|trace)\}/g,
        (_, name: "run" | "live" | "dataset" | "request" | "trace") => values?.[name] ?? "",
      );
      page.setDefaultTimeout(10_000);
      try {
        await page.goto(options.url + path);
        await bringAbout(page, shot);
        await page.screenshot({ path: join(folder, file), fullPage: true });
      } catch (error) {
        failed += 1;
        console.error(`${file}: ${error instanceof Error ? error.message : error}`);
      }
      await page.close();
    }
    console.log(`${colorScheme}, ${width} px: done`);
  }
}

if (values !== null) await ask(desk, z.unknown(), `/api/training/runs/${values.live}/cancel`, {});
await browser.close();
if (failed > 0) process.exitCode = 1;
