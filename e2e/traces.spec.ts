import { expect, fromStart, SIGNED_IN, test } from "./fixtures.ts";
import { hydrated } from "./hydrated.ts";
import { makeTrace } from "./make-trace.ts";

/** A trace is found, opened and looked into; what is looked at stands in the address. */
test.use({ storageState: SIGNED_IN });

test("a trace is found by a filter, and its spans are looked into", async ({ page }) => {
  const id = await makeTrace(page, fromStart("E2E_URL"));
  await page.goto("/traces");
  await hydrated(page);
  const row = page.getByRole("row").filter({ has: page.getByRole("link", { name: "answer", exact: true }) });
  await expect(row).toContainText("Nobody knows.");
  await page.getByLabel("Search traces").fill("span.status = 'ERROR' AND tags.lang = 'en'");
  await expect(page).toHaveURL(/q=span\.status/);
  await expect(row).toBeVisible();
  await page.getByLabel("Search traces").fill("no such name");
  await expect(page.getByRole("heading", { name: "No trace matches" })).toBeVisible();
  await page.getByLabel("Search traces").fill("tags.lang = en");
  await expect(page.getByRole("heading", { name: "The filter is not understood" })).toBeVisible();
  await page.getByRole("button", { name: "Take the filter away" }).click();
  await row.getByRole("link", { name: "answer", exact: true }).click();

  await expect(page).toHaveURL(new RegExp(`/traces/${id}$`));
  await expect(page.getByRole("heading", { level: 1, name: "answer" })).toBeVisible();
  await expect(page.getByRole("region", { name: "answer" })).toContainText('{"question": "who?"}');
  await expect(page.getByRole("region", { name: "Assessments" })).toContainText("It answers nothing.");
  await page.getByRole("region", { name: "Spans" }).getByRole("link", { name: /judge/ }).click();
  await expect(page).toHaveURL(/span=0000000000000003$/);
  await expect(page.getByRole("region", { name: "judge" })).toContainText("no judge was there");
});
