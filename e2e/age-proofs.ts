import { expect, type Page } from "@playwright/test";
import pg from "pg";
import { databaseUrl } from "../scripts/lib/database-url.mjs";

/** Makes the page's session look as if it had stood open for an hour: its person's last proof of who they are is that old. */
export async function ageProofs(page: Page, email: string): Promise<void> {
  const { url } = await databaseUrl({
    home: process.env["ASSAY_E2E_HOME"] ?? "",
    role: "app",
    env: { ...process.env, DATABASE_URL: "" },
  });
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(
      `UPDATE session SET authenticated_at = now() - interval '1 hour', second_factor_at = second_factor_at - interval '1 hour'
       WHERE user_id = (SELECT id FROM user_account WHERE email = $1)`,
      [email],
    );
    // What the server believed of sessions is read again.
    await client.query("SELECT pg_notify('assay_session', '')");
  } finally {
    await client.end();
  }
  const status = async () => (await page.request.get("/api/second-factor")).json();
  const isOld = async () => Date.parse((await status()).authenticatedAt) < Date.now() - 50 * 60_000;
  await expect.poll(isOld).toBe(true);
}
