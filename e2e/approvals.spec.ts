import type { Browser, Page } from "@playwright/test";
import { Secret, TOTP } from "otpauth";
import {
  ADMIN_EMAIL,
  expect,
  expectAccessible,
  expectNoSideScroll,
  fromStart,
  NEW_PASSWORD,
  SIGNED_IN,
  test,
} from "./fixtures.ts";
import { hydrated, press, waitForHydration } from "./hydrated.ts";

/** From an unprotected model to a version that came into Production on an approval; each step builds on the one before. */
test.describe.configure({ mode: "serial" });

const PASSWORD = "another long and private sentence 17";
const MEMBER = { email: "mia@example.com", name: "Mia Member", role: "member" };
const REVIEWER = { email: "rob@example.com", name: "Rob Reviewer", role: "reviewer" };
const REQUEST = "Promote version 2 of digits to Production";

test.describe("the admin", () => {
  test.use({ storageState: SIGNED_IN });

  test("trains a second version and invites a member and a reviewer", async ({ page, playwright }) => {
    test.setTimeout(240_000);
    const spec = {
      engine: "wasm",
      architecture: "baseline",
      epochs: 1,
      batchSize: 64,
      learningRate: 0.001,
      trainLimit: 3_000,
    };
    const { runId } = await ask(page, "/api/training/runs", {
      name: "e2e-second",
      dataset: "synthetic-digits",
      spec,
    });
    const status = async () => (await (await page.request.get(`/api/runs/${runId}`)).json()).status;
    await expect.poll(status, { timeout: 200_000, intervals: [1_000] }).toBe("FINISHED");
    await ask(page, "/api/models/digits/versions", { runId });
    const stranger = await playwright.request.newContext({ baseURL: fromStart("E2E_URL") });
    for (const { name, ...invited } of [MEMBER, REVIEWER]) {
      const { token } = await ask(page, "/api/invitations", invited);
      const reply = await stranger.post("/api/invitations/accept", { data: { token, name, password: PASSWORD } });
      expect(reply.ok(), await reply.text()).toBe(true);
    }
    await stranger.dispose();
  });

  test("is told that nothing is protected, and protects Production with one reviewer", async ({ page }) => {
    await page.goto("/approvals");
    await expect(page.getByRole("heading", { name: "Nothing is protected yet" })).toBeVisible();
    await expectAccessible(page);
    await page.getByRole("link", { name: "Protect Production" }).click();
    const who = page.getByRole("region", { name: "Who could approve" });
    await expect(who).toContainText("Rob Reviewer (reviewer)");
    await hydrated(page);
    // More than there are people: refused while it is written, with the names.
    await page.getByLabel("Approvals", { exact: true }).fill("3");
    await expect(who).toContainText("nobody could meet it");
    await expect(who).toContainText("Rob Reviewer could");
    await page.getByLabel("Approvals", { exact: true }).fill("1");
    await expect(who).toContainText("can be met");
    await page.getByRole("button", { name: "Remove the gate Accuracy against the champion" }).click();
    await expectAccessible(page);
    await page.getByRole("button", { name: "Protect Production of every model" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Policy, version 1" })).toBeVisible();
  });
});

test("a member is led from the stage's menu to the request, and cannot approve it", async ({ browser }) => {
  const page = await signedIn(browser, MEMBER.email);
  await page.goto("/models/digits");
  await hydrated(page);
  await page.getByRole("button", { name: "Change the stage of version 2" }).click();
  await page.getByRole("menuitem", { name: "Request approval: promote version 2 to production…" }).click();
  await expect(page).toHaveURL(/\/approvals\/new\?model=digits&version=2&target=stage%3AProduction$/);
  await page.getByLabel("Reason").fill("trained anew, for the test of approvals");
  await page.getByRole("button", { name: `Ask to ${lower(REQUEST)}` }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText(REQUEST);
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Waits for review");
  await expect(page.getByText("You asked for it: somebody else has to review.")).toBeVisible();
  await expect(page.getByRole("button", { name: /^Approve/ })).toHaveCount(0);
  // The evidence comes without a reload.
  await expect(page.getByRole("img", { name: /^Accuracy\. Version 2:/ })).toBeVisible({ timeout: 90_000 });
  await page.context().close();
});

test("who trained the version does not approve it either, admin or not", async ({ browser }) => {
  const page = await signedIn(browser, ADMIN_EMAIL, NEW_PASSWORD);
  await page.goto("/approvals?view=open");
  await page.getByRole("link", { name: /^digits 2/ }).click();
  await expect(page.getByText("You contributed to it: somebody else has to review.")).toBeVisible();
  await expect(page.getByRole("button", { name: /^Approve/ })).toHaveCount(0);
  await page.context().close();
});

test("a reviewer approves by keyboard alone", async ({ browser }) => {
  const page = await signedIn(browser, REVIEWER.email);
  await page.goto("/approvals");
  await hydrated(page);
  await expect(page.getByRole("button", { name: "Waiting for me 1" })).toBeVisible();
  const waiting = page.getByRole("link", { name: /^digits 2/ });
  await press(page, "j", () => expect(waiting).toBeFocused({ timeout: 2_000 }));
  await expectAccessible(page);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1 })).toContainText(REQUEST);
  await expect(page.getByRole("img", { name: /^Difference\./ })).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("tab", { name: /^Images they read differently/ }).click();
  await expect(page).toHaveURL(/tab=images/);
  await expectAccessible(page);
  await page.setViewportSize({ width: 390, height: 844 });
  await expectNoSideScroll(page);
  await page.setViewportSize({ width: 1440, height: 900 });

  await page.goBack();
  await page.goto("/approvals");
  await hydrated(page);
  await press(page, "j", () => expect(waiting).toBeFocused({ timeout: 2_000 }));
  const question = page.getByRole("alertdialog", { name: `Approve: ${lower(REQUEST)}?` });
  await press(page, "a", () => expect(question).toBeVisible({ timeout: 2_000 }));
  await expect(question).toContainText(
    "/predict and the drawing pad answer with version 2 of digits instead of version 1.",
  );
  await expectAccessible(page);
  await expect(question.getByRole("button", { name: "Cancel" })).toBeFocused();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Nothing waits for you" })).toBeVisible();
  await page.context().close();
});

test("whoever asked carries it out, and the version is in Production", async ({ browser }) => {
  const page = await signedIn(browser, MEMBER.email);
  await page.goto("/approvals?view=mine");
  await page.getByRole("link", { name: /^digits 2/ }).click();
  await expect(page.getByText("Rob Reviewer approved")).toBeVisible();
  await hydrated(page);
  await page.getByRole("button", { name: "Carry it out…" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Carry it out" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Carried out");
  await page.getByRole("link", { name: "See version 2 of digits" }).click();
  await expect(page.getByText("Version 2 is in Production")).toBeVisible();
  await page.context().close();
});

test("an admin allows break-glass, and gives one member the grant for it", async ({ browser }) => {
  const page = await signedIn(browser, ADMIN_EMAIL, NEW_PASSWORD);
  await page.goto("/settings/policies");
  await page.getByRole("link", { name: "Every model" }).click();
  await page.getByRole("checkbox", { name: /^people with the grant “emergency” may approve alone/ }).check();
  await page.getByRole("button", { name: "Save version 2" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Policy, version 2" })).toBeVisible();
  await expect(page.getByRole("row").filter({ hasText: "Break-glass is allowed" })).toContainText("true");

  await page.goto("/settings/members");
  await page.getByRole("button", { name: `Actions for ${MEMBER.name}` }).click();
  await page.getByRole("menuitem", { name: "Role and grants…" }).click();
  const dialog = page.getByRole("dialog", { name: `What ${MEMBER.name} may do here` });
  await dialog.getByRole("checkbox", { name: /^Emergency/ }).check();
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText(`${MEMBER.name} is member here, and may break glass`)).toBeVisible();
  await page.context().close();
});

test("in an emergency the glass is broken with a reason and a code, and carried out", async ({ browser }) => {
  const page = await signedIn(browser, MEMBER.email);
  const asked = {
    modelName: "digits",
    version: 1,
    target: "stage:Production",
    reason: "version 2 reads sevens as ones",
  };
  const { id } = await ask(page, "/api/approvals", asked);
  await page.goto(`/approvals/${id}`);
  const broken = page.getByRole("button", { name: "Break the glass…" });
  await broken.click();
  const question = page.getByRole("alertdialog", {
    name: "Break the glass: promote version 1 of digits to Production?",
  });
  await expectAccessible(page);
  await question.getByRole("button", { name: "Approve without the reviews" }).click();
  await expect(question.getByText("Say it in a few words.")).toBeVisible();
  await question.getByLabel("What the emergency is").fill("every seven is read as a one");
  await question.getByRole("button", { name: "Approve without the reviews" }).click();
  // Without a second factor nobody breaks it; where to set one up is said.
  const proof = page.getByRole("dialog", { name: "Give a code of your second factor" });
  await expect(proof.getByRole("link", { name: "Set one up in your account" })).toBeVisible();
  await proof.getByRole("button", { name: "Cancel" }).click();
  await question.getByRole("button", { name: "Cancel" }).click();

  // In another browser: this session has given no code yet.
  const elsewhere = await signedIn(browser, MEMBER.email);
  const { secret } = await ask(elsewhere, "/api/second-factor", {});
  await ask(elsewhere, "/api/second-factor/confirm", { code: codeOf(secret) });
  await elsewhere.context().close();

  await broken.click();
  await question.getByLabel("What the emergency is").fill("every seven is read as a one");
  await question.getByRole("button", { name: "Approve without the reviews" }).click();
  await expectAccessible(page);
  await proof.getByLabel("Code").fill("000000");
  await proof.getByRole("button", { name: "Go on" }).click();
  await expect(proof.getByText("That code is not right")).toBeVisible();
  await proof.getByLabel("Code").fill(codeOf(secret, 1));
  await proof.getByRole("button", { name: "Go on" }).click();
  await expect(page.getByText("Approved by break-glass: somebody else has to look at it afterwards.")).toBeVisible();
  await expect(question).toHaveCount(0);
  await expectAccessible(page);
  await page.getByRole("button", { name: "Carry it out…" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Carry it out" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Carried out");
  // Whoever broke it does not look at it.
  await expect(page.getByRole("button", { name: "Look at the break-glass…" })).toHaveCount(0);
  const held = await (await page.request.get("/api/models/digits/versions/1")).json();
  expect(held.stage).toBe("Production");
  await page.context().close();
});

test("somebody else looks at the broken glass afterwards", async ({ browser }) => {
  const page = await signedIn(browser, REVIEWER.email);
  await page.goto("/approvals?view=due");
  await page.getByRole("link", { name: /^digits 1/ }).click();
  await expect(page.getByText("every seven is read as a one").first()).toBeVisible();
  await page.getByRole("button", { name: "Look at the break-glass…" }).click();
  const question = page.getByRole("alertdialog", { name: "Was it right to break the glass?" });
  await question.getByLabel("Verdict").selectOption("Not justified");
  await question.getByLabel("Why").fill("version 2 could have been archived instead");
  await expectAccessible(page);
  await question.getByRole("button", { name: "Put it on record" }).click();
  await expect(page.getByText("Rob Reviewer has looked at the break-glass afterwards.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Look at the break-glass…" })).toHaveCount(0);
  await page.goto("/approvals?view=due");
  await expect(page.getByRole("link", { name: /^digits 1/ })).toHaveCount(0);
  await page.context().close();
});

/** A browser of its own for somebody; what goes wrong in it shows in the test's own steps. */
async function signedIn(browser: Browser, email: string, password = PASSWORD): Promise<Page> {
  // axe opens a page of its own in the same context.
  const context = await browser.newContext({ baseURL: fromStart("E2E_URL"), viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  waitForHydration(page);
  await page.goto("/sign-in");
  await hydrated(page);
  await page.getByLabel("E-mail address").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL((url) => url.pathname === "/");
  return page;
}

/** A call of the REST API with the page's session. */
async function ask(page: Page, path: string, data: object) {
  const reply = await page.request.post(path, { data, headers: { Origin: fromStart("E2E_URL") } });
  expect(reply.ok(), `${path}: ${await reply.text()}`).toBe(true);
  return reply.json();
}

/** What the person's app shows, or will show in so many half minutes. */
function codeOf(secret: string, steps = 0): string {
  return new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: Date.now() + steps * 30_000 });
}

const lower = (text: string) => text.replace(/^./, (letter) => letter.toLowerCase());
