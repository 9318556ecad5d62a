import { defineConfig } from "prisma/config";

/** `prisma generate` and the authoring of migrations; at run time scripts/migrate.mjs applies them. */
export default defineConfig({
  schema: "prisma/schema",
  migrations: { path: "prisma/migrations" },
  datasource: { url: process.env["MIGRATE_DATABASE_URL"] ?? process.env["DATABASE_URL"] ?? "" },
});
