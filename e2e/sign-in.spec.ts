import { readdirSync } from "node:fs";
import type { Page } from "@playwright/test";
import { ADMIN_EMAIL, expect, expectAccessible, NEW_PASSWORD, test } from "./fixtures.ts";
import { hydrated } from "./hydrated.ts";

async function signIn(page: Page, password = NEW_PASSWORD): Promise<void> {
  await hydrated(page);
  await page.getByLabel("E-mail address").fill(ADMIN_EMAIL);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

const isAt = (path: string) => (url: URL) => url.pathname === path;

test("by keyboard alone, and back to where one wanted to go", async ({ page }) => {
  await page.goto("/models?from=test");
  await expect(page).toHaveURL(/\/sign-in\?next=%2Fmodels%3Ffrom%3Dtest$/);
  await hydrated(page);
  await expect(page.getByLabel("E-mail address")).toBeFocused();
  await page.keyboard.type(ADMIN_EMAIL);
  await page.keyboard.press("Tab");
  await page.keyboard.type(NEW_PASSWORD);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/models\?from=test$/);
  // Whoever is signed in has nothing to do there.
  await page.goto("/sign-in?next=/runs");
  await expect(page).toHaveURL(isAt("/runs"));
});

test("a wrong password is told, keeps out, and never stands in the address", async ({ page, noise }) => {
  await page.goto("/sign-in?next=/runs");
  await signIn(page, "not the password");
  await expect(page.locator("#sign-in-problem")).toContainText("do not match");
  await expect(page.getByLabel("Password")).toBeFocused();
  expect(page.url()).not.toContain("not");
  await expectAccessible(page);
  await page.goto("/runs");
  await expect(page).toHaveURL(isAt("/sign-in"));
  // The browser itself notes the 401 of the refused sign-in.
  expect(noise.splice(0).every((line) => line.includes("401"))).toBe(true);
});

test("nobody is led to another site", async ({ page }) => {
  await page.goto(`/sign-in?next=${encodeURIComponent("//evil.example/x")}`);
  await signIn(page);
  await expect(page).toHaveURL(isAt("/"));
  expect(new URL(page.url()).hostname).not.toBe("evil.example");
});

test("signing out ends the session on the server, not only in the browser", async ({ page, context, baseURL }) => {
  await page.goto("/sign-in?next=/runs");
  await signIn(page);
  await expect(page).toHaveURL(isAt("/runs"));
  const cookies = await context.cookies();
  const session = cookies.find((cookie) => cookie.name === "assay.session");
  expect(session).toMatchObject({ httpOnly: true, sameSite: "Lax", path: "/" });

  await page.getByRole("button", { name: /^Account of/ }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await expect(page).toHaveURL(isAt("/sign-in"));
  await page.goto("/runs");
  await expect(page).toHaveURL(isAt("/sign-in"));
  const headers = { Cookie: `assay.session=${session?.value}` };
  const stolen = async () => (await fetch(`${baseURL}/api/me`, { headers })).status;
  await expect.poll(stolen).toBe(401);
});

test("a page of another origin cannot write with the browser's session", async ({ page }) => {
  await page.goto("/sign-in?next=/runs");
  await signIn(page);
  await expect(page).toHaveURL(isAt("/runs"));
  const body = { name: "from elsewhere", scopes: ["tracking:read"] };
  const write = (headers: Record<string, string>) => page.request.post("/api/keys", { data: body, headers });
  expect((await write({ Origin: "https://evil.example" })).status()).toBe(403);
  expect((await write({ Origin: new URL(page.url()).origin })).status()).toBe(201);
});

test("the password is changed with the old one only", async ({ page, noise }) => {
  await page.goto("/sign-in?next=/change-password");
  await signIn(page);
  await expect(page).toHaveURL(isAt("/change-password"));
  await hydrated(page);
  await expectAccessible(page);
  await page.getByLabel("Current password").fill("not the password");
  await page.getByLabel(/^New password \(/).fill("another long and private sentence");
  await page.getByLabel("New password again").fill("another long and private sentencf");
  await page.getByRole("button", { name: "Change password" }).click();
  await expect(page.locator("#change-password-problem")).toContainText("differ");
  await page.getByLabel("New password again").fill("another long and private sentence");
  await page.getByRole("button", { name: "Change password" }).click();
  await expect(page.locator("#change-password-problem")).toContainText("not right");
  expect(noise.splice(0).every((line) => line.includes("403"))).toBe(true);
});

/** Every folder of app/ that has a page, as its address; groups vanish, parameters become what is not there, `_` is private. */
function everyPage(): string[] {
  const files = readdirSync("app", { recursive: true, encoding: "utf8" });
  const pages = files.filter((file) => /(^|[\\/])page\.tsx$/.test(file) && !/(^|[\\/])_/.test(file));
  return pages.map((file) => {
    const folders = file.split(/[\\/]/).slice(0, -1);
    return `/${folders
      .filter((folder) => !folder.startsWith("("))
      .map((folder) => (folder.startsWith("[") ? "1" : folder))
      .join("/")}`;
  });
}

test("nobody sees a page without signing in, but exactly the open ones", async ({ request }) => {
  const pages = everyPage();
  expect(pages.length).toBeGreaterThan(15);
  const open: string[] = [];
  for (const path of pages) {
    const reply = await request.get(path, { maxRedirects: 0 });
    const leadsTo = reply.headers()["location"] ?? "";
    const refused = reply.status() >= 300 && reply.status() < 400 && /^(https?:\/\/[^/]+)?\/sign-in/.test(leadsTo);
    if (!refused) open.push(path);
  }
  expect(open.sort()).toEqual(["/draw", "/invite", "/sign-in"]);
});
