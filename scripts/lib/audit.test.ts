import { expect } from "vitest";
import { audit, writeAuditEntries } from "#lib/platform/audit.ts";
import { withTransaction } from "#lib/platform/db.ts";
import { erasePersonal } from "#lib/record/erase-personal.ts";
import { openAuditLog } from "#lib/record/testing/audit-log.ts";
import { pgTest } from "#lib/testing/pg.ts";

const auditTest = pgTest.extend<{ log: Awaited<ReturnType<typeof openAuditLog>> }>({
  log: async ({ ctx, file }, use) => {
    const log = await openAuditLog(ctx, { home: file.home, superuserUrl: file.database.superuserUrl });
    await use(log);
    await log.close();
  },
});

const kinds = (report: Awaited<ReturnType<Awaited<ReturnType<typeof openAuditLog>>["verify"]>>) =>
  report.chains.flatMap((chain) => chain.problems.map(({ kind, seq }) => `${kind}@${seq}`));

auditTest("a chain as it was written is whole, and its head anchored", async ({ log }) => {
  await log.write(5);
  expect(await log.anchor()).toBeGreaterThan(0);
  await log.write(2);
  const report = await log.verify();
  expect(report).toMatchObject({ ok: true, events: 7, chains: [{ lastSeq: 7, anchoredSeq: 5, problems: [] }] });
  expect(await log.verify({ fromAnchor: true })).toMatchObject({ ok: true, events: 3 });
});

auditTest("whatever is changed in a row, the verifier names that row", async ({ log }) => {
  await log.write(6);
  const changes = {
    at: "at + interval '1 ms'",
    actor: "actor || 'x'",
    on_behalf_of: "'user:other'",
    action: "overlay(action placing 'T' from 1 for 1)",
    subject: "subject || ' '",
    detail: `jsonb_set(detail, '{nested,b}', '2')`,
    request_id: "request_id || 'x'",
    ip: "'10.0.0.1'",
    hash: "overlay(hash placing 'z' from 3 for 1)",
  };
  for (const [column, value] of Object.entries(changes)) {
    const kept = await log.client.query(`SELECT ${column} AS value FROM audit_event WHERE chain = $1 AND seq = 4`, [
      log.chain,
    ]);
    await log.tamper(`UPDATE audit_event SET ${column} = ${value} WHERE chain = $1 AND seq = 4`, [log.chain]);
    const report = await log.verify();
    expect(report.ok, column).toBe(false);
    expect(kinds(report)[0], column).toBe("hash_differs@4");
    await log.tamper(`UPDATE audit_event SET ${column} = $2 WHERE chain = $1 AND seq = 4`, [
      log.chain,
      kept.rows[0].value,
    ]);
  }
  await log.tamper(
    "UPDATE audit_event SET prev = overlay(prev placing 'z' from 3 for 1) WHERE chain = $1 AND seq = 4",
    [log.chain],
  );
  expect(kinds(await log.verify())).toEqual(["prev_differs@4", "hash_differs@4"]);
});

auditTest("a row that is cut out, rows that are swapped: the first is named", async ({ log }) => {
  await log.write(8);
  await log.tamper(
    "UPDATE audit_event SET seq = CASE seq WHEN 3 THEN 5 ELSE 3 END + 100 WHERE chain = $1 AND seq IN (3, 5)",
    [log.chain],
  );
  await log.tamper("UPDATE audit_event SET seq = seq - 100 WHERE chain = $1 AND seq > 100", [log.chain]);
  expect(kinds(await log.verify())[0]).toBe("prev_differs@3");
  await log.tamper(
    "UPDATE audit_event SET seq = CASE seq WHEN 3 THEN 5 ELSE 3 END + 100 WHERE chain = $1 AND seq IN (3, 5)",
    [log.chain],
  );
  await log.tamper("UPDATE audit_event SET seq = seq - 100 WHERE chain = $1 AND seq > 100", [log.chain]);
  expect((await log.verify()).ok).toBe(true);
  await log.tamper("DELETE FROM audit_event WHERE chain = $1 AND seq = 6", [log.chain]);
  expect(kinds(await log.verify())).toEqual(["gap@6"]);
});

auditTest("the last row cut off shows by its anchor, and only by it", async ({ log, file }) => {
  await log.write(5);
  await log.anchor();
  await log.tamper("DELETE FROM audit_event WHERE chain = $1 AND seq = 5", [log.chain]);
  expect(kinds(await log.verify({ anchors: `${file.home}/none` }))).toEqual(["head_differs@4"]);
  await log.tamper(
    "UPDATE audit_head SET seq = 4, hash = (SELECT hash FROM audit_event WHERE chain = $1 AND seq = 4) WHERE chain = $1",
    [log.chain],
  );
  expect((await log.verify({ anchors: `${file.home}/none` })).ok).toBe(true);
  expect(kinds(await log.verify())).toEqual(["behind_anchor@4"]);
  // The whole chain gone, head and all.
  await log.tamper("DELETE FROM audit_event WHERE chain = $1", [log.chain]);
  await log.tamper("DELETE FROM audit_head WHERE chain = $1", [log.chain]);
  expect(kinds(await log.verify())).toEqual(["behind_anchor@0"]);
});

auditTest("a chain that was written anew with right hashes is not the anchored one", async ({ log, ctx }) => {
  await log.write(4);
  await log.anchor();
  await log.tamper("DELETE FROM audit_event WHERE chain = $1", [log.chain]);
  await log.tamper("DELETE FROM audit_head WHERE chain = $1", [log.chain]);
  await withTransaction(ctx, async (tx) => audit(tx, { action: "test.forged", subject: "x", detail: {} }));
  await log.write(5);
  expect(kinds(await log.verify())).toEqual(["anchor_differs@4"]);
});

auditTest("an anchor that somebody else signed does not count", async ({ log, file }) => {
  const { readFileSync, writeFileSync } = await import("node:fs");
  await log.write(3);
  await log.anchor();
  const forged = readFileSync(log.anchors, "utf8").replaceAll('"seq":3', '"seq":2');
  writeFileSync(`${file.home}/forged.jsonl`, forged);
  const report = await log.verify({ anchors: `${file.home}/forged.jsonl` });
  expect(kinds(report)).toContain("signature_wrong@2");
});

auditTest("two chains stand by themselves", async ({ log, make, file }) => {
  const other = await openAuditLog(
    { ...(await make.ctx()), projectId: `${log.chain.slice(8)}b` },
    { home: file.home, superuserUrl: file.database.superuserUrl },
  );
  await Promise.all([log.write(4), other.write(4)]);
  await log.tamper("UPDATE audit_event SET subject = 'y' WHERE chain = $1 AND seq = 2", [log.chain]);
  expect((await log.verify()).ok).toBe(false);
  expect(await other.verify()).toMatchObject({ ok: true, events: 4 });
  await other.close();
});

auditTest("writers at once leave no gap and no fork", async ({ log, ctx }) => {
  await Promise.all(
    Array.from({ length: 10 }, async (_, writer) => {
      for (let index = 0; index < 10; index++) {
        await withTransaction(ctx, async (tx) =>
          audit(tx, { action: "test.write", subject: `${writer}`, detail: { index } }),
        );
      }
    }),
  );
  expect(await log.verify()).toMatchObject({ ok: true, events: 100, chains: [{ lastSeq: 100 }] });
});

auditTest("a writer that dies before it commits leaves no gap", async ({ log, ctx, db }) => {
  await log.write(2);
  const dying = db.$transaction(async (client) => {
    const entry = { action: "test.lost", subject: "x", detail: {} };
    await writeAuditEntries({ ...ctx, db: client, auditEntries: [], afterCommit: [] }, [entry]);
    const [{ pid } = { pid: 0 }] = await client.$queryRaw<{ pid: number }[]>`SELECT pg_backend_pid() AS pid`;
    await log.client.query("SELECT pg_terminate_backend($1)", [pid]);
    await client.$queryRaw`SELECT 1`;
  });
  await expect(dying).rejects.toThrow();
  await log.write(2);
  expect(await log.verify()).toMatchObject({ ok: true, events: 4 });
});

auditTest("neither the change without its row, nor the row without its change", async ({ log, ctx, db }) => {
  const project = { id: `${ctx.projectId}-x`, name: `${ctx.projectId}-x` };
  const unwritable = withTransaction(ctx, async (tx) => {
    await tx.db.project.create({ data: project });
    audit(tx, { action: "test.bad", subject: "x", detail: { no: () => 1 } });
  });
  await expect(unwritable).rejects.toThrow(/cannot hold a function/);
  expect(await db.project.count({ where: { id: project.id } })).toBe(0);
  const failing = withTransaction(ctx, async (tx) => {
    audit(tx, { action: "test.bad", subject: "x", detail: {} });
    await tx.db.project.create({ data: { id: ctx.projectId, name: "taken" } });
  });
  await expect(failing).rejects.toThrow();
  expect(await log.verify()).toMatchObject({ ok: true, events: 0 });
});

auditTest("erasing what is personal leaves the chain whole; changing it does not", async ({ log, ctx, db }) => {
  for (const email of ["ana@example.org", "ben@example.org"]) {
    await withTransaction(ctx, async (tx) =>
      audit(tx, { action: "test.person", subject: "x", detail: {}, personal: { email } }),
    );
  }
  expect((await log.verify()).ok).toBe(true);
  const [ana, ben] = await db.auditPersonal.findMany({ where: { chain: log.chain }, orderBy: { createdAt: "asc" } });
  await erasePersonal(ctx, { id: ana?.id ?? "", reason: "she asked for it" });
  await erasePersonal(ctx, { id: ana?.id ?? "", reason: "again" });
  expect(await db.auditPersonal.findUnique({ where: { id: ana?.id ?? "" } })).toMatchObject({ body: null, salt: null });
  expect((await log.verify()).ok).toBe(true);
  const where = { chain: "instance", action: "audit.erase_personal", subject: `personal:${ana?.id}` };
  expect(await db.auditEvent.count({ where })).toBe(1);
  await log.tamper(`UPDATE audit_personal SET body = '{"email": "eve@example.org"}' WHERE id = $1`, [ben?.id]);
  expect(kinds(await log.verify())).toEqual(["personal_differs@2"]);
  await log.tamper("DELETE FROM audit_personal WHERE id = $1", [ben?.id]);
  expect(kinds(await log.verify())).toEqual(["personal_differs@2"]);
});
