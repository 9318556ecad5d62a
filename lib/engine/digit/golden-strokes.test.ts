import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { chromium } from "@playwright/test";
import { build } from "esbuild";
import { describe, expect, it } from "vitest";
import { strokesToDigit } from "#lib/engine/digit/strokes-to-digit.ts";
import { readGoldenStrokes } from "#lib/engine/digit/testing/golden-strokes.ts";
import type { DigitResult, Stroke } from "#lib/engine/digit/types.ts";

const GOLDEN = readGoldenStrokes();
const CHROMIUM = [
  process.env["ASSAY_CHROMIUM"],
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
]
  .filter((path) => path !== undefined)
  .find((path) => existsSync(path));

describe("the twenty golden stroke files", () => {
  it.each(GOLDEN)("$name gives its bytes on the server", ({ strokes, pixels }) => {
    expect(strokesToDigit(strokes)).toEqual({ ok: true, pixels });
  });

  it.skipIf(!CHROMIUM)("give the same bytes in the browser (needs chromium)", async () => {
    const { outputFiles } = await build({
      entryPoints: [fileURLToPath(new URL("./strokes-to-digit.ts", import.meta.url))],
      bundle: true,
      write: false,
      format: "iife",
      globalName: "digit",
      platform: "browser",
    });
    const browser = await chromium.launch({ executablePath: CHROMIUM ?? "", args: ["--no-sandbox"] });
    try {
      const page = await browser.newPage();
      await page.addScriptTag({ content: outputFiles[0]?.text ?? "" });
      const inBrowser = await page.evaluate(
        (drawings: Stroke[][]) => {
          const { digit } = globalThis as typeof globalThis & {
            digit: { strokesToDigit(strokes: Stroke[]): DigitResult };
          };
          return drawings.map((strokes) => {
            const result = digit.strokesToDigit(strokes);
            return result.ok ? Array.from(result.pixels) : result.code;
          });
        },
        GOLDEN.map(({ strokes }) => strokes),
      );
      expect(inBrowser).toEqual(GOLDEN.map(({ pixels }) => Array.from(pixels)));
    } finally {
      await browser.close();
    }
  });
});
