import type { Browser, BrowserContext } from "@playwright/test";
import { Secret, TOTP } from "otpauth";
import { ageProofs } from "./age-proofs.ts";
import { allPages } from "./all-pages.ts";
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
import { hydrated } from "./hydrated.ts";

/** Somebody is invited, comes in, may do what their role allows and no more, and is put out again. */
test.describe.configure({ mode: "serial" });
test.use({ storageState: SIGNED_IN });

const EMAIL = "vera@example.com";
const NAME = "Vera Viewer";
const PASSWORD = "quite a long sentence of Vera's";

let link = "";
let vera: BrowserContext;

test.afterAll(async () => {
  await vera?.close();
});

test("an admin invites somebody by a link that is shown once", async ({ page }) => {
  await page.goto("/settings/members");
  await hydrated(page);
  await page.getByRole("button", { name: "Invite somebody" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("E-mail address").fill(EMAIL);
  await dialog.getByLabel(/^viewer/).check();
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Make the link" }).click();
  link = (await dialog.locator("pre").textContent()) ?? "";
  expect(link).toContain("/invite#");
  await dialog.getByRole("button", { name: "Done" }).click();
  await page.getByRole("tab", { name: /^Invitations/ }).click();
  await expect(page).toHaveURL(/tab=invitations/);
  await expect(page.getByRole("row").filter({ hasText: EMAIL })).toContainText("open");
  // Nowhere on the page any more.
  await expect(page.locator("body")).not.toContainText(link.split("#")[1] ?? link);
});

test("the person accepts in a browser of their own and is in", async ({ browser }) => {
  vera = await freshContext(browser);
  const page = await vera.newPage();
  await page.goto(link);
  await hydrated(page);
  await expectAccessible(page);
  await page.getByLabel("Your name").fill(NAME);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Make your account and join" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Home" })).toBeVisible();
  await expect(page.getByRole("button", { name: `Account of ${NAME}` })).toBeVisible();
  // The link worked once.
  const other = await freshContext(browser);
  const again = await other.newPage();
  await again.goto(link);
  await expect(again.getByRole("heading", { name: "This invitation cannot be accepted" })).toBeVisible();
  await other.close();
});

test("a viewer is offered nothing that they may not do", async () => {
  const page = await vera.newPage();
  await page.goto("/runs");
  await hydrated(page);
  await expect(page.getByRole("table")).toBeVisible();
  await expect(page.getByRole("link", { name: "New run" })).toHaveCount(0);
  await expect(page.getByRole("button", { name: /^Actions for/ })).toHaveCount(0);
  const main = page.getByRole("navigation", { name: "Main" });
  await expect(main.getByRole("link", { name: "Keys" })).toBeVisible();
  for (const name of ["Members", "People", "Projects"]) await expect(main.getByRole("link", { name })).toHaveCount(0);
  await page.goto("/models/digits");
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await expect(page.getByRole("button", { name: /^Change the stage/ })).toHaveCount(0);

  await page.goto("/settings/members");
  await expect(page.getByRole("heading", { name: "Your role does not open this page" })).toBeVisible();
  await expectAccessible(page);
  const write = await page.request.post("/api/training/runs", {
    data: {},
    headers: { Origin: fromStart("E2E_URL") },
  });
  expect(write.status()).toBe(403);
});

test("of all pages a viewer gets those that their role opens, and a stranger none", async ({ browser }) => {
  test.setTimeout(120_000);
  const pages = allPages();
  expect(pages.length).toBeGreaterThan(20);
  const stranger = await freshContext(browser);
  const closed: string[] = [];
  for (const { path, inConsole } of pages) {
    const refused = await stranger.request.get(path, { maxRedirects: 0 });
    const isDoor = ["/sign-in", "/invite", "/draw"].includes(path);
    expect(`${path} ${refused.status()}`).toBe(`${path} ${isDoor ? 200 : 307}`);
    if (!isDoor) expect(refused.headers()["location"], path).toMatch(/^\/sign-in/);
    const status = (await vera.request.get(path, { maxRedirects: 0 })).status();
    expect(status, path).toBeLessThan(500);
    if (status === 403) closed.push(path);
    if (!inConsole) continue;
    const elsewhere = await vera.request.get(`${path}?project=no-such-project`);
    expect(`${path} ${elsewhere.status()}`).toBe(`${path} 404`);
  }
  expect(closed.sort()).toEqual([
    "/approvals/new",
    "/audit",
    "/runs/new",
    "/settings/members",
    "/settings/people",
    "/settings/projects",
  ]);
  await stranger.close();
});

test("a viewer makes a key that can do no more than they can, and revokes it", async () => {
  const page = await vera.newPage();
  await page.goto("/settings/keys");
  await hydrated(page);
  await page.getByRole("button", { name: "New key" }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill("notebook");
  await expect(dialog.getByLabel("tracking:write")).toHaveCount(0);
  await dialog.getByRole("button", { name: "Make the key" }).click();
  await expect(dialog.getByText("tick at least one")).toBeVisible();
  await dialog.getByLabel("registry:read").check();
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Make the key" }).click();
  const key = (await dialog.locator("pre").first().textContent()) ?? "";
  await expect(dialog).toContainText(`MLFLOW_TRACKING_TOKEN=${key}`);
  const models = () => fetch(`${fromStart("E2E_URL")}/api/models`, { headers: { Authorization: `Bearer ${key}` } });
  expect((await models()).status).toBe(200);
  await dialog.getByRole("button", { name: "Done" }).click();
  await expect(page.getByRole("row").filter({ hasText: "notebook" })).toContainText(key.slice(0, 10));
  await page.getByRole("button", { name: "Revoke notebook" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Revoke notebook" }).click();
  await expect(page.getByText("notebook is revoked")).toBeVisible();
  expect((await models()).status).toBe(401);
});

test("a second factor is set up, asked for at the sign-in, and taken away with a recovery code", async ({
  browser,
}) => {
  const page = await vera.newPage();
  await page.goto("/account");
  await hydrated(page);
  await page.getByRole("button", { name: "Set up a second factor" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Show the QR code" }).click();
  await expect(dialog.getByRole("img", { name: "QR code of the secret" })).toBeVisible();
  await expectAccessible(page);
  const secret = (await dialog.locator("pre").textContent()) ?? "";
  await dialog.getByLabel("Code that the app shows").fill(codeOf(secret));
  await dialog.getByRole("button", { name: "Confirm" }).click();
  await expect(dialog.getByText("not shown again")).toBeVisible();
  const codes = ((await dialog.locator("pre").textContent()) ?? "").split("\n");
  expect(codes.length).toBeGreaterThan(5);
  await dialog.getByRole("button", { name: "I have kept them" }).click();
  await expect(page.getByRole("region", { name: "Second factor" })).toContainText("enrolled");

  // From now on the sign-in asks for a code, and tells a wrong one.
  const other = await freshContext(browser);
  const door = await other.newPage();
  await door.goto("/sign-in?next=/models");
  await hydrated(door);
  await expect(door.getByLabel(/^Code of your/)).toHaveCount(0);
  await door.getByLabel("E-mail address").fill(EMAIL);
  await door.getByLabel("Password").fill(PASSWORD);
  await door.getByRole("button", { name: "Sign in" }).click();
  const asked = door.getByLabel(/^Code of your authenticator app/);
  await expect(asked).toBeFocused();
  await expect(door.locator("#sign-in-problem")).toBeEmpty();
  await expectAccessible(door);
  await asked.fill("000000");
  await door.getByRole("button", { name: "Sign in" }).click();
  await expect(door.locator("#sign-in-problem")).toContainText("code");
  await expect(asked).toBeFocused();
  await expect(asked).toHaveAttribute("aria-invalid", "true");
  expect((await other.request.get("/api/me")).status()).toBe(401);
  // The code that confirmed the app is used up; the next one counts from half a minute before its time.
  await asked.fill(codeOf(secret, 1));
  await door.getByRole("button", { name: "Sign in" }).click();
  await expect(door).toHaveURL(/\/models$/);
  await expect(door.getByRole("heading", { level: 1, name: "Models" })).toBeVisible();
  await other.close();

  await page.getByRole("button", { name: "Take it away…" }).click();
  await dialog.getByLabel("Password").fill(PASSWORD);
  await dialog.getByLabel("Code").fill(codes[0] ?? "");
  await dialog.getByRole("button", { name: "Take it away" }).click();
  await expect(page.getByRole("button", { name: "Set up a second factor" })).toBeVisible();

  // The session that came in with the code is still open; all others end at once, this one stays.
  await page.reload();
  await hydrated(page);
  const sessions = page.getByRole("region", { name: "Sessions" });
  await expect(sessions.getByRole("row").filter({ hasText: "this one" })).toHaveCount(1);
  await page.getByRole("button", { name: "End all others" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "End the others" }).click();
  await expect(page.getByText("Only this session is left")).toBeVisible();
  await expect(sessions.getByRole("button", { name: /^End/ })).toHaveCount(0);
});

test("a project that is not theirs does not exist for them; for the admin it stays in the address", async ({
  page,
}) => {
  await page.goto("/settings/projects");
  await hydrated(page);
  await page.getByRole("button", { name: "New project" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill("Fraud team");
  await expect(dialog.getByLabel("Id", { exact: true })).toHaveValue("fraud-team");
  await dialog.getByRole("button", { name: "Create the project" }).click();
  await expect(page.getByRole("row").filter({ hasText: "fraud-team" })).toBeVisible();

  await page.reload();
  await hydrated(page);
  await page.getByRole("button", { name: /^Project / }).click();
  await page.getByRole("menuitemradio", { name: /Fraud team/ }).click();
  await expect(page).toHaveURL(/\/\?project=fraud-team$/);
  await hydrated(page);
  await page.getByRole("link", { name: "Runs", exact: true }).first().click();
  await expect(page.getByRole("heading", { name: "No runs yet" })).toBeVisible();
  await expect(page).toHaveURL(/\/runs\?project=fraud-team$/);
  await page.goBack();
  await expect(page).toHaveURL(/\/\?project=fraud-team$/);
  await expect(page.getByRole("heading", { level: 1, name: "Home" })).toBeVisible();
  // Back to where the other tests are.
  await page.goto("/?project=default");
  await hydrated(page);
  await expect(page.getByRole("button", { name: /^Project / })).not.toContainText("Fraud");

  const hers = await vera.newPage();
  const reply = await hers.goto("/runs?project=fraud-team");
  expect(reply?.status()).toBe(404);
  const api = await hers.request.get("/api/runs", { headers: { "X-Assay-Project": "fraud-team" } });
  expect(api.status()).toBe(404);
});

test("a session that stood open makes nobody an admin, and no key that could, before it proves who it is", async ({
  page,
  noise,
}) => {
  await page.goto("/settings/people");
  await ageProofs(page, ADMIN_EMAIL);
  await page.getByRole("button", { name: `Actions for ${NAME}` }).click();
  await page.getByRole("menuitem", { name: "Make an admin…" }).click();
  await page
    .getByRole("alertdialog")
    .getByRole("button", { name: `Make ${NAME} an admin` })
    .click();
  const proof = page.getByRole("dialog", { name: "Prove again who you are" });
  await expect(proof.getByLabel("Password")).toBeFocused();
  await expectAccessible(page);
  // Who gives up has done nothing.
  await proof.getByRole("button", { name: "Cancel" }).click();
  await expect(page.getByText("Nothing was done: this needs a proof of who you are.")).toBeVisible();
  // By its tag: behind the question that stays open nothing has a role.
  const role = page.locator("tr").filter({ hasText: EMAIL }).locator("td").nth(2);
  await expect(role).toHaveText("user");

  await page
    .getByRole("alertdialog")
    .getByRole("button", { name: `Make ${NAME} an admin` })
    .click();
  await proof.getByLabel("Password").fill("not the password");
  await proof.getByRole("button", { name: "Go on" }).click();
  await expect(proof.getByText("is not right")).toBeVisible();
  await proof.getByLabel("Password").fill(NEW_PASSWORD);
  await page.keyboard.press("Enter");
  await expect(page.getByText(`${NAME} is an admin of the instance`)).toBeVisible();
  await expect(proof).toHaveCount(0);
  await expect(page.getByRole("alertdialog")).toHaveCount(0);
  await expect(role).toHaveText("admin");
  // It holds for a while: the way back asks for nothing.
  await page.getByRole("button", { name: `Actions for ${NAME}` }).click();
  await page.getByRole("menuitem", { name: "Make a user…" }).click();
  await page
    .getByRole("alertdialog")
    .getByRole("button", { name: `Make ${NAME} a user` })
    .click();
  await expect(role).toHaveText("user");

  await page.goto("/settings/keys");
  await ageProofs(page, ADMIN_EMAIL);
  await page.getByRole("button", { name: "New key" }).first().click();
  const form = page.getByRole("dialog", { name: "New key" });
  await form.getByLabel("Name").fill("provisioning");
  await form.getByLabel(/^admin/).check();
  await form.getByRole("button", { name: "Make the key" }).click();
  await proof.getByLabel("Password").fill(NEW_PASSWORD);
  await page.keyboard.press("Enter");
  await expect(form.locator("pre").first()).toContainText("ask_");
  await form.getByRole("button", { name: "Done" }).click();
  // Made once, though its form was sent again.
  await expect(page.getByRole("row").filter({ hasText: "provisioning" })).toHaveCount(1);
  // The browser itself notes each refusal: three acts, and one wrong password.
  expect(noise.splice(0)).toHaveLength(4);
});

test("whose session is ended is out at the next request", async ({ page }) => {
  await page.goto("/settings/people");
  await hydrated(page);
  await page.getByRole("searchbox").fill("vera");
  await expect(page).toHaveURL(/q=vera/);
  await page.getByRole("button", { name: `Actions for ${NAME}` }).click();
  await page.getByRole("menuitem", { name: "Sessions…" }).click();
  const dialog = page.getByRole("dialog");
  await expectAccessible(page);
  await dialog.getByRole("button", { name: /^End the session/ }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "End the session" }).click();
  await expect(dialog.getByText("Not signed in anywhere.")).toBeVisible();
  const hers = await vera.newPage();
  await hers.goto("/runs");
  await expect(hers).toHaveURL(/\/sign-in\?next=/);
});

test("on a phone nothing of the settings sticks out", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  for (const path of ["/account", "/settings/keys", "/settings/members", "/settings/people", "/settings/projects"]) {
    await page.goto(path);
    await hydrated(page);
    await expectNoSideScroll(page);
  }
});

/** What the person's app shows, or will show in so many half minutes. */
function codeOf(secret: string, steps = 0): string {
  return new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: Date.now() + steps * 30_000 });
}

/** A browser that nobody is signed in to. */
function freshContext(browser: Browser): Promise<BrowserContext> {
  return browser.newContext({ baseURL: fromStart("E2E_URL"), storageState: { cookies: [], origins: [] } });
}
