import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import AxeBuilder from "@axe-core/playwright";
import { test as base, expect, type Page } from "@playwright/test";
import { waitForHydration } from "./hydrated.ts";

export { expect };

export const ADMIN_EMAIL = "admin@example.com";
export const NEW_PASSWORD = "a long and private sentence 42";

const home = process.env["ASSAY_E2E_HOME"] ?? "test-results";
/** The signed-in browser, kept by the story for the tests that follow. */
export const SIGNED_IN = join(home, "e2e", "admin.json");

/** What the start printed, as the configuration caught it. */
export function fromStart(name: "E2E_URL" | "E2E_PASSWORD"): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not known: the server was not started by playwright.config.ts`);
  return value;
}

/** Tests on the started server. Whatever a page logs as an error makes its test fail. */
export const test = base.extend<{ noise: string[] }>({
  baseURL: async ({ browserName: _ }, use) => use(fromStart("E2E_URL")),
  page: async ({ page }, use) => {
    waitForHydration(page);
    await use(page);
  },
  noise: [
    async ({ page }, use) => {
      const noise: string[] = [];
      page.on("console", (message) => {
        if (message.type() === "error") noise.push(message.text());
      });
      page.on("pageerror", (error) => noise.push(error.message));
      await use(noise);
      expect(noise, "errors in the browser's console").toEqual([]);
    },
    { auto: true },
  ],
});

/** WCAG 2.2 A and AA and axe's best practices: nothing may be found. */
export async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const found = violations.map(({ id, help, nodes }) => ({
    id,
    help,
    nodes: nodes.map((node) => node.html.slice(0, 300)),
  }));
  expect(found).toEqual([]);
}

export async function keepSession(page: Page): Promise<void> {
  mkdirSync(dirname(SIGNED_IN), { recursive: true });
  await page.context().storageState({ path: SIGNED_IN });
}

/** Nothing may stick out of the page sideways. */
export async function expectNoSideScroll(page: Page): Promise<void> {
  const excess = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(excess, "pixels that stick out at the right").toBeLessThanOrEqual(0);
}
