import { readFileSync } from "node:fs";
import { expect } from "vitest";
import { audit, auditHash, commitmentOf } from "#lib/platform/audit.ts";
import { withTransaction } from "#lib/platform/db.ts";
import { pgTest } from "#lib/testing/pg.ts";

const GENESIS = "0".repeat(64);

pgTest("hashes the golden rows of the design", () => {
  const rows = JSON.parse(readFileSync(new URL("./audit.golden.json", import.meta.url), "utf8")) as {
    body: { [key: string]: unknown };
    hash: string;
  }[];
  expect(rows.length).toBe(3);
  for (const { body, hash } of rows) {
    expect(auditHash(body)).toBe(hash);
  }
});

pgTest("fifty writers at once leave one chain without gap or fork", async ({ ctx, db }) => {
  await Promise.all(
    Array.from({ length: 50 }, (_, writer) =>
      withTransaction(ctx, async (tx) => {
        audit(tx, { action: "test.write", subject: `writer:${writer}`, detail: { share: 0.5, at: new Date(0) } });
        audit(tx, { action: "test.write", subject: `writer:${writer}`, detail: { second: true } });
      }),
    ),
  );
  const rows = await db.auditEvent.findMany({ where: { chain: `project:${ctx.projectId}` }, orderBy: { seq: "asc" } });
  expect(rows.length).toBe(100);
  let prev = GENESIS;
  for (const [index, row] of rows.entries()) {
    expect(row.seq).toBe(BigInt(index + 1));
    expect(row.prev).toBe(prev);
    const { chain, seq, actor, action, subject, detail, requestId, ip } = row;
    const body = { chain, seq, actor, action, subject, detail, prev, requestId, ip, at: row.at.toISOString() };
    expect(auditHash(body)).toBe(row.hash);
    prev = row.hash;
  }
});

pgTest("a rolled-back change leaves no audit row", async ({ ctx, db }) => {
  const failing = withTransaction(ctx, async (tx) => {
    audit(tx, { action: "test.rolled-back", subject: "x", detail: {} });
    throw new Error("no");
  });
  await expect(failing).rejects.toThrow("no");
  expect(await db.auditEvent.count({ where: { action: "test.rolled-back" } })).toBe(0);
});

pgTest("the application can neither change nor delete what is on record", async ({ ctx, db }) => {
  await withTransaction(ctx, async (tx) => audit(tx, { action: "test.kept", subject: "x", detail: {} }));
  const chain = `project:${ctx.projectId}`;
  await expect(db.auditEvent.updateMany({ where: { chain }, data: { actor: "user:other" } })).rejects.toThrow(
    /permission denied/,
  );
  await expect(db.auditEvent.deleteMany({ where: { chain } })).rejects.toThrow(/permission denied/);
  await expect(db.$executeRaw`TRUNCATE audit_event`).rejects.toThrow(/permission denied|must be owner/);
  await expect(db.$executeRaw`CREATE TABLE mischief (x int)`).rejects.toThrow(/permission denied/);
});

pgTest("what is personal stands apart, and only its commitment in the chain", async ({ ctx, db }) => {
  const personal = { email: "ana@example.org", name: "Ana \u0000 \ud800" };
  await withTransaction(ctx, async (tx) =>
    audit(tx, { action: "test.person", subject: "x", detail: { kind: "y" }, personal }),
  );
  const [event] = await db.auditEvent.findMany({ where: { chain: `project:${ctx.projectId}` } });
  expect(JSON.stringify(event?.detail)).not.toContain("ana@");
  const held = event?.detail as { kind: string; personal: { id: string; commitment: string } };
  const row = await db.auditPersonal.findUniqueOrThrow({ where: { id: held.personal.id } });
  expect(row.body).toEqual({ email: "ana@example.org", name: "Ana \uFFFD \uFFFD" });
  expect(commitmentOf(row.salt ?? "", row.body as Record<string, unknown>)).toBe(held.personal.commitment);
});
