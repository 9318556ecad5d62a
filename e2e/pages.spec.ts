import type { Page } from "@playwright/test";
import { expect, expectAccessible, expectNoSideScroll, fromStart, SIGNED_IN, test } from "./fixtures.ts";
import { makeTrace } from "./make-trace.ts";
import { PAGES } from "./places.ts";

/** Every page: in both themes nothing for axe to find, on desk and phone nothing that sticks out, nothing that jumps. */
test.use({ storageState: SIGNED_IN });

for (const theme of ["light", "dark"] as const) {
  test.describe(`${theme}, desk`, () => {
    test.use({ colorScheme: theme });
    for (const { name, path } of PAGES) {
      test(name, async ({ page }) => {
        await open(page, path);
        await expectAccessible(page);
        await expectNoSideScroll(page);
      });
    }
  });
}

test.describe("phone", () => {
  test.use({ viewport: { width: 390, height: 844 } });
  for (const { name, path } of PAGES) {
    test(name, async ({ page }) => {
      await open(page, path);
      await expectNoSideScroll(page);
    });
  }
});

test("no layout jumps while lists and a run are loaded", async ({ page }) => {
  for (const path of [
    "/",
    "/runs",
    "/models",
    "/datasets",
    "/settings/keys",
    "/settings/members",
    "/account",
    `/runs/${await newestRun(page)}`,
  ]) {
    await page.goto(path);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    const shift = await page.evaluate(
      () =>
        new Promise<number>((resolve) => {
          let sum = 0;
          new PerformanceObserver((list) => {
            for (const entry of list.getEntries()) {
              if ("value" in entry && typeof entry.value === "number") sum += entry.value;
            }
          }).observe({ type: "layout-shift", buffered: true });
          setTimeout(() => resolve(sum), 1_500);
        }),
    );
    expect(shift, `layout shift of ${path}`).toBeLessThan(0.02);
  }
});

async function open(page: Page, path: string): Promise<void> {
  const trace = path.includes("{trace}") ? await makeTrace(page, fromStart("E2E_URL")) : "";
  const run = await newestRun(page);
  await page.goto(path.replace("{run}", run).replace("{trace}", trace).replace("{dataset}", "synthetic-digits"));
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
}

/** The id of the run that the story finished. */
async function newestRun(page: Page): Promise<string> {
  const reply = await page.request.get(`${fromStart("E2E_URL")}/api/runs?status=FINISHED&limit=1`);
  const { items } = await reply.json();
  return items[0].id;
}
