import type { Page } from "@playwright/test";
import {
  ADMIN_EMAIL,
  expect,
  expectAccessible,
  expectNoSideScroll,
  fromStart,
  keepSession,
  NEW_PASSWORD,
  SIGNED_IN,
  test,
} from "./fixtures.ts";
import { hydrated, press } from "./hydrated.ts";

/** What a person does on the first day, in order: each step builds on the one before. */
test.describe.configure({ mode: "serial" });

const RUN = "e2e-tiny";

test("whoever is not signed in is sent to the sign-in, and comes back", async ({ page }) => {
  await page.goto("/runs?status=FINISHED");
  await expect(page).toHaveURL(/\/sign-in\?next=%2Fruns%3Fstatus%3DFINISHED$/);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Sign in to Assay");
  await expectAccessible(page);
});

test("a wrong password is told, the right one leads to choosing an own one", async ({ page, noise }) => {
  await page.goto("/sign-in");
  await hydrated(page);
  await page.getByLabel("E-mail address").fill(ADMIN_EMAIL);
  await page.getByLabel("Password").fill("not the password");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.locator("#sign-in-problem")).not.toBeEmpty();
  // The browser itself notes the 401 of the refused sign-in.
  expect(noise.splice(0)).toHaveLength(1);

  await page.getByLabel("Password").fill(fromStart("E2E_PASSWORD"));
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL(/\/change-password$/);
  await hydrated(page);
  await expectAccessible(page);
  await page.getByLabel("Current password").fill(fromStart("E2E_PASSWORD"));
  await page.getByLabel(/^New password \(/).fill(NEW_PASSWORD);
  await page.getByLabel("New password again").fill(NEW_PASSWORD);
  await page.getByRole("button", { name: "Change password" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Home" })).toBeVisible();
  await keepSession(page);
});

test.describe("signed in", () => {
  test.use({ storageState: SIGNED_IN });

  test("before anything was trained, every page says what to do next", async ({ page }) => {
    await page.goto("/");
    await expect(page.getByRole("region", { name: "Getting to the first answer" })).toBeVisible();
    await expect(page.getByRole("link", { name: "Start the three runs" })).toBeVisible();
    await expectAccessible(page);

    await page.goto("/runs");
    await expect(page.getByRole("heading", { name: "No runs yet" })).toBeVisible();
    await expect(page.getByText(`curl -X POST ${fromStart("E2E_URL")}/api/training/strategies`)).toBeVisible();
    await expectAccessible(page);

    await page.goto("/models");
    await expect(page.getByRole("heading", { name: "No models yet" })).toBeVisible();
    await page.goto("/datasets");
    await expect(page.getByRole("button", { name: "Draw synthetic digits" })).toBeVisible();
  });

  test("a run that cannot be is refused field by field, before it is sent", async ({ page }) => {
    await page.goto("/runs/new?kind=run");
    await hydrated(page);
    await page.getByLabel("Epochs").fill("0");
    await page.getByLabel("Learning rate (Adam)").fill("7");
    await page.getByRole("button", { name: "Start the run" }).click();
    await expect(page.getByLabel("Epochs")).toHaveAttribute("aria-invalid", "true");
    await expect(page.getByLabel("Epochs")).toHaveAccessibleDescription(/1/);
    await expect(page.getByLabel("Learning rate (Adam)")).toHaveAttribute("aria-invalid", "true");
    await expect(page).toHaveURL(/\/runs\/new/);
  });

  test("a tiny run is started, watched while it learns, and evaluated", async ({ page }) => {
    test.setTimeout(240_000);
    await page.goto("/runs/new?kind=run");
    await hydrated(page);
    await page.getByLabel("Name").fill(RUN);
    await page.getByLabel("Dataset").selectOption("synthetic-digits");
    await page.getByLabel("Engine").selectOption("wasm");
    await page.getByLabel("Epochs").fill("2");
    await page.getByLabel("Batch size").fill("64");
    await page.getByLabel("Training images, at most").fill("4000");
    await page.getByLabel("Log every … batches").fill("5");
    await page.getByRole("button", { name: "Start the run" }).click();

    await expect(page).toHaveURL(/\/runs\/[0-9a-f]{32}$/);
    await expect(page.getByRole("heading", { level: 1 })).toContainText(RUN);
    await expect(page.getByRole("heading", { level: 1 })).toContainText("Running", { timeout: 60_000 });
    await expect(page.getByRole("progressbar", { name: "Training progress" })).toBeVisible();

    // The curve grows without a reload.
    const marker = await page.evaluate(() => {
      Object.assign(window, { notReloaded: true });
      return "notReloaded" in window;
    });
    expect(marker).toBe(true);
    const curve = page.getByRole("region", { name: "Loss by batch" }).locator("path.recharts-line-curve");
    const lengthOf = async () => (await curve.getAttribute("d"))?.length ?? 0;
    await expect(curve).toBeVisible({ timeout: 60_000 });
    const early = await lengthOf();
    await expect.poll(lengthOf, { timeout: 60_000 }).toBeGreaterThan(early);

    await expect(page.getByRole("heading", { level: 1 })).toContainText("Finished", { timeout: 150_000 });
    expect(await page.evaluate(() => "notReloaded" in window)).toBe(true);
    await expect(page.getByText("Synthetic", { exact: true }).first()).toBeVisible();
    await expect(page.getByText(/^\d\d\.\d\d %$/).first()).toBeVisible();

    await page.getByRole("tab", { name: "Evaluation" }).click();
    await expect(page).toHaveURL(/tab=evaluation/);
    await expect(page.getByRole("img", { name: /^Confusion matrix/ })).toBeVisible();
    await page.getByRole("button", { name: "Show Confusion matrix as a table" }).click();
    await expect(page.getByRole("group", { name: "Confusion matrix, as a table" }).getByRole("row")).toHaveCount(11);
    await expect(page.getByRole("region", { name: "By digit" }).getByRole("row")).toHaveCount(11);

    await page.getByRole("tab", { name: "Artifacts" }).click();
    const download = page.waitForEvent("download");
    await page.getByRole("link", { name: "model/model.onnx" }).click();
    expect((await download).suggestedFilename()).toBe("model.onnx");
  });

  test("charts are saved as CSV, SVG and PNG", async ({ page }) => {
    await openRun(page);
    const chart = page.getByRole("region", { name: "Loss by epoch" });
    for (const kind of ["CSV", "SVG", "PNG"]) {
      await chart.getByRole("button", { name: "Save Loss by epoch" }).click();
      const download = page.waitForEvent("download");
      await page.getByRole("menuitem", { name: `Save as ${kind}` }).click();
      const file = await download;
      expect(file.suggestedFilename()).toBe(`${RUN}-loss-by-epoch.${kind.toLowerCase()}`);
      const size = (await (await file.createReadStream()).toArray()).reduce((sum, chunk) => sum + chunk.length, 0);
      expect(size).toBeGreaterThan(kind === "CSV" ? 40 : 2_000);
    }
  });

  test("its model is registered and promoted, and the page says since when it is live", async ({ page }) => {
    await openRun(page);
    await page.getByRole("button", { name: "Register as a version of digits" }).click();
    await page.getByRole("link", { name: /^digits 1/ }).click();
    await expect(page).toHaveURL(/\/models\/digits\?v=1$/);

    await page.getByRole("button", { name: "Change the stage of version 1" }).click();
    await page.getByRole("menuitem", { name: "Promote version 1 to production" }).click();
    const question = page.getByRole("alertdialog");
    await expect(question).toContainText("/predict and the drawing pad answer with version 1");
    await expectAccessible(page);
    await question.getByLabel("Reason").fill("the first of its kind");
    await question.getByRole("button", { name: "Promote version 1 to production" }).click();
    await expect(question).toBeHidden();

    await expect(page.getByText("Version 1 is in Production")).toBeVisible();
    const live = page.getByRole("region", { name: "What was live when", exact: true }).first();
    await expect(live.getByRole("button", { name: /^Version 1: Production from .* to now/ })).toBeVisible();
    await expect(page.getByRole("region", { name: "In Production now" })).toContainText("version 1");
    await expect(
      page.getByRole("group", { name: "Changes of stage" }).getByRole("cell", { name: "the first of its kind" }),
    ).toBeVisible();
    await page.goto("/");
    await expect(page.getByRole("region", { name: "In Production" })).toContainText("digits 1");
  });

  test("the command on the home page is answered", async ({ page }) => {
    await page.goto("/");
    const command = await page.getByRole("group", { name: "the command" }).textContent();
    const image = command?.match(/"image":"([A-Za-z0-9+/=]+)"/)?.[1];
    expect(image).toBeDefined();
    // As curl does it: no cookie goes along.
    const reply = await fetch(`${fromStart("E2E_URL")}/predict`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ image }),
    });
    expect(reply.status).toBe(200);
    expect(await reply.json()).toMatchObject({ model: { name: "digits", version: 1 }, prediction: expect.any(Number) });
  });

  test("a seven drawn with the mouse is read as a seven, by the version that was promoted", async ({ page }) => {
    await page.goto("/draw");
    await hydrated(page);
    const pad = page.getByRole("application", { name: "Drawing pad" });
    const box = await pad.boundingBox();
    if (box === null) throw new Error("the pad has no size");
    const at = (x: number, y: number) => [box.x + box.width * x, box.y + box.height * y] as const;
    await page.mouse.move(...at(0.3, 0.25));
    await page.mouse.down();
    await page.mouse.move(...at(0.68, 0.25), { steps: 12 });
    await page.mouse.move(...at(0.45, 0.78), { steps: 16 });
    await page.mouse.up();
    const answer = page.getByRole("region", { name: "Answer" });
    await expect(answer.locator("output")).toHaveText(/^7, \d+\.\d % sure$/);
    await expect(answer.getByRole("link", { name: "digits version 1" })).toBeVisible();

    // What people say of answers is kept as labels, and can be taken back.
    await answer.getByRole("button", { name: "No", exact: true }).click();
    await answer.getByRole("button", { name: "1", exact: true }).click();
    await expect(answer.getByText("Thanks: noted as a 1.")).toBeVisible();
    await answer.getByRole("button", { name: "Take it back" }).click();
    await answer.getByRole("button", { name: "Yes", exact: true }).click();
    await expect(answer.getByText("Thanks: noted as a 7.")).toBeVisible();
    const measured = await page.request.get("/api/deployments/digits/accuracy");
    expect(await measured.json()).toMatchObject({ versions: [{ model: { version: 1 }, labelled: 1, correct: 1 }] });
  });

  test("the list of runs is filtered, sorted and walked by keyboard, and its view is in the address", async ({
    page,
  }) => {
    await page.goto("/runs");
    await hydrated(page);
    await press(page, "/", () => expect(page.getByRole("searchbox")).toBeFocused({ timeout: 2_000 }));
    await page.keyboard.type("no such run");
    await expect(page.getByRole("heading", { name: "No run matches" })).toBeVisible();
    await expect(page).toHaveURL(/q=no/);
    await page.getByRole("button", { name: "Show all runs" }).click();
    const filter = page.getByRole("textbox", { name: "Filter runs by metrics" });
    await filter.fill("metrics.test_accuracy > 2");
    await filter.press("Enter");
    await expect(page.getByRole("heading", { name: "No run matches" })).toBeVisible();
    await expect(page).toHaveURL(/filter=metrics/);
    await filter.fill("metrics.test_accuracy > high");
    await filter.press("Enter");
    await expect(filter).toHaveAttribute("aria-invalid", "true");
    await filter.fill("metrics.test_accuracy > 0");
    await filter.press("Enter");
    await expect(page.getByRole("link", { name: RUN, exact: true })).toBeVisible();
    await filter.fill("");
    await filter.press("Enter");
    await expect(page).not.toHaveURL(/filter=/);
    await page.getByRole("button", { name: "Test accuracy" }).click();
    await expect(page).toHaveURL(/sort=-metric:test_accuracy/);
    await expect(page.getByRole("columnheader", { name: "Test accuracy" })).toHaveAttribute("aria-sort", "descending");
    await page.reload();
    await hydrated(page);
    await expect(page.getByRole("columnheader", { name: "Test accuracy" })).toHaveAttribute("aria-sort", "descending");

    const run = page.getByRole("link", { name: RUN, exact: true });
    await press(page, "j", () => expect(run).toBeFocused({ timeout: 2_000 }));
    await page.keyboard.press("x");
    await expect(page.getByText("one run selected")).toBeVisible();
    await page.keyboard.press("?");
    await expect(page.getByRole("dialog", { name: "Keys" })).toContainText("Next run");
    await page.keyboard.press("Escape");
    await expect(page.getByRole("dialog")).toBeHidden();
    await page.getByRole("link", { name: RUN, exact: true }).focus();
    await page.keyboard.press("Enter");
    await expect(page.getByRole("heading", { level: 1 })).toContainText(RUN);
    await page.keyboard.press("g");
    await page.keyboard.press("m");
    await expect(page.getByRole("heading", { level: 1, name: "Models" })).toBeVisible();
  });

  test("a run is cancelled, retried, deleted after one question, and brought back", async ({ page, context }) => {
    test.setTimeout(120_000);
    const name = "e2e-to-cancel";
    await page.goto("/runs/new?kind=run");
    await hydrated(page);
    await page.getByLabel("Name").fill(name);
    await page.getByLabel("Dataset").selectOption("synthetic-digits");
    await page.getByLabel("Engine").selectOption("wasm");
    await page.getByLabel("Epochs").fill("100");
    await page.getByRole("button", { name: "Start the run" }).click();
    const title = page.getByRole("heading", { level: 1 });
    await expect(title).toContainText(name);
    // The list in another tab follows by itself.
    const list = await context.newPage();
    await list.goto("/runs");
    const row = list.getByRole("row").filter({ hasText: name });
    await expect(row).toContainText(/Queued|Running/);
    await page.getByRole("button", { name: "Cancel the run" }).click();
    await expect(title).toContainText("Cancelled", { timeout: 30_000 });
    await expect(row).toContainText("Cancelled");
    await list.close();
    await page.getByRole("button", { name: "Retry the run" }).click();
    await expect(title).toContainText(/Queued|Running/, { timeout: 30_000 });
    await page.getByRole("button", { name: "Cancel the run" }).click();
    await expect(title).toContainText("Cancelled", { timeout: 30_000 });

    await page.getByRole("button", { name: `Actions for ${name}` }).click();
    await page.getByRole("menuitem", { name: "Delete the run" }).click();
    await page
      .getByRole("alertdialog")
      .getByRole("button", { name: `Delete ${name}` })
      .click();
    await expect(page.getByText("This run is deleted.")).toBeVisible();
    await page.getByRole("button", { name: "Undo" }).click();
    await expect(page.getByText("This run is deleted.")).toBeHidden();
  });

  test("the theme is chosen, kept, and rendered by the server", async ({ page }) => {
    await page.goto("/runs");
    await hydrated(page);
    await page.getByRole("button", { name: /^Account of/ }).click();
    await page.getByRole("menuitemradio", { name: "Dark" }).click();
    await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
    const darkFromServer = async () => {
      const html = await (await page.request.get("/runs")).text();
      return /<html[^>]* data-theme="dark"/.test(html);
    };
    await expect.poll(darkFromServer).toBe(true);
    await page.getByRole("button", { name: "Fold the sidebar" }).click();
    await expect.poll(async () => (await page.context().cookies()).some(({ value }) => value === "folded")).toBe(true);
    await page.reload();
    await expect(page.getByRole("button", { name: "Unfold the sidebar" })).toBeVisible();
  });

  test("on a phone the menu opens, leads on, and closes", async ({ page }) => {
    await page.setViewportSize({ width: 390, height: 844 });
    await page.goto("/");
    await hydrated(page);
    await expectNoSideScroll(page);
    await page.getByRole("button", { name: "Open the menu" }).click();
    await expectAccessible(page);
    await page.getByRole("dialog").getByRole("link", { name: "Models" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Models" })).toBeVisible();
    await expect(page.getByRole("dialog")).toBeHidden();
  });

  test("what is not there says so and leads on", async ({ page, noise }) => {
    const reply = await page.goto("/runs/00000000000000000000000000000000");
    expect(reply?.status()).toBe(404);
    await expect(page.getByRole("heading", { name: "There is nothing at this address" })).toBeVisible();
    await expectAccessible(page);
    await page.getByRole("main").getByRole("link", { name: "Runs" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Runs" })).toBeVisible();
    // The browser itself notes the page's 404.
    expect(noise.splice(0).every((line) => line.includes("404"))).toBe(true);
  });
});

async function openRun(page: Page): Promise<void> {
  await page.goto("/runs");
  await page.getByRole("link", { name: RUN, exact: true }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText(RUN);
}
