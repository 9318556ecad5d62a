import { randomBytes } from "node:crypto";
import pg from "pg";
import { inject } from "vitest";
import { OWNER_ROLE } from "../../scripts/lib/pg-roles.mjs";

/** A private clone of the migrated database for one test file, as the application's role sees it. */
export interface TestDatabase {
  url: string;
  superuserUrl: string;
  drop(): Promise<void>;
}

export async function cloneDatabase(): Promise<TestDatabase> {
  const { superuser, app, template } = inject("postgres");
  const name = `test_${randomBytes(6).toString("hex")}`;
  await asSuperuser(superuser, `CREATE DATABASE ${name} TEMPLATE ${template} OWNER ${OWNER_ROLE}`);
  return {
    url: withDatabase(app, name),
    superuserUrl: withDatabase(superuser, name),
    drop: () => asSuperuser(superuser, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  };
}

function withDatabase(url: string, name: string): string {
  const copy = new URL(url);
  copy.pathname = `/${name}`;
  return copy.toString();
}

async function asSuperuser(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
