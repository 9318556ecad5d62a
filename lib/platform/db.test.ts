import { expect } from "vitest";
import { audit } from "#lib/platform/audit.ts";
import { withTransaction } from "#lib/platform/db.ts";
import { notify } from "#lib/platform/notify.ts";
import { emit } from "#lib/platform/outbox.ts";
import { pgTest } from "#lib/testing/pg.ts";

pgTest("an inner transaction joins the outer one: both or neither", async ({ ctx, db }) => {
  const key = `joined-${ctx.projectId}`;
  const failing = withTransaction(ctx, async (outer) => {
    await withTransaction(outer, async (inner) => {
      await inner.db.setting.create({ data: { key, value: 1 } });
      audit(inner, { action: "test.inner", subject: key, detail: {} });
    });
    throw new Error("the outer one fails");
  });
  await expect(failing).rejects.toThrow("the outer one fails");
  expect(await db.setting.count({ where: { key } })).toBe(0);
  expect(await db.auditEvent.count({ where: { subject: key } })).toBe(0);
});

pgTest("an event is in the outbox exactly when its change is", async ({ ctx, db }) => {
  const topic = `test.${ctx.projectId}`;
  await withTransaction(ctx, (tx) => emit(tx, topic, { id: "kept" }));
  await withTransaction(ctx, async (tx) => {
    await emit(tx, topic, { id: "lost" });
    throw new Error("no");
  }).catch(() => undefined);
  const rows = await db.outbox.findMany({ where: { topic } });
  expect(rows.map((row) => row.payload)).toEqual([{ id: "kept" }]);
});

pgTest("a notification is heard after commit, not before, and not after a rollback", async ({ ctx, runtime }) => {
  const heard: string[] = [];
  const stop = await runtime.notify.listen("assay_test", (payload) => heard.push(payload));
  await withTransaction(ctx, async (tx) => {
    await notify(tx.db, "assay_test", "first");
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(heard).toEqual([]);
  });
  await withTransaction(ctx, async (tx) => {
    await notify(tx.db, "assay_test", "rolled back");
    throw new Error("no");
  }).catch(() => undefined);
  await notify(ctx.db, "assay_test", "second");
  await expect.poll(() => heard).toEqual(["first", "second"]);
  stop();
});

pgTest("the hub hears again after its connection was cut", async ({ ctx, runtime, db }) => {
  const heard: string[] = [];
  const stop = await runtime.notify.listen("assay_cut", (payload) => heard.push(payload));
  await db.$queryRaw`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'assay-notify' AND datname = current_database()`;
  // The empty payload after a reconnect says: read again, something may have been missed.
  await expect.poll(() => heard).toContain("");
  await notify(ctx.db, "assay_cut", "after");
  await expect.poll(() => heard).toContain("after");
  stop();
});
