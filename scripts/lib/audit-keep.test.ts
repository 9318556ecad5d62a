import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { expect } from "vitest";
import { audit } from "#lib/platform/audit.ts";
import { withTransaction } from "#lib/platform/db.ts";
import { checkpoint } from "#lib/record/checkpoint.ts";
import { digestDenied } from "#lib/record/digest-denied.ts";
import { loadSigningKey } from "#lib/record/signing-key.ts";
import { openAuditLog } from "#lib/record/testing/audit-log.ts";
import { pgTest } from "#lib/testing/pg.ts";
import { recordRestore } from "./audit-anchors.mjs";
import { exportAudit } from "./audit-export.mjs";
import { publicKeys } from "./audit-key.mjs";
import { pruneAudit } from "./audit-prune.mjs";
import { verifyDatabase } from "./audit-run.mjs";
import { requirements } from "./test-require.mjs";

const keepTest = pgTest.extend<{ log: Awaited<ReturnType<typeof openAuditLog>> }>({
  log: async ({ ctx, file }, use) => {
    const log = await openAuditLog(ctx, { home: file.home, superuserUrl: file.database.superuserUrl });
    await use(log);
    await log.close();
  },
});

const MONTH_MS = 31 * 24 * 3_600_000;
const shell = (folder: string) => spawnSync(process.execPath, [path.join(folder, "verify.mjs")], { encoding: "utf8" });

/** The same hashes by another hand: what an auditor without Node would write. */
const PYTHON = `
import hashlib, json, sys
def canonical(v):
    if isinstance(v, dict):
        keys = sorted(v, key=lambda k: k.encode("utf-16-be"))
        return "{" + ",".join(json.dumps(k, ensure_ascii=False) + ":" + canonical(v[k]) for k in keys) + "}"
    if isinstance(v, list):
        return "[" + ",".join(canonical(i) for i in v) + "]"
    return json.dumps(v, ensure_ascii=False)
prev, n = "0" * 64, 0
for line in open(sys.argv[1], encoding="utf-8"):
    row = json.loads(line)
    body = {k: row[k] for k in ("chain", "seq", "at", "actor", "action", "subject", "detail", "prev", "requestId", "ip", "onBehalfOf")}
    digest = hashlib.sha256(("assay-audit-v2\\n" + canonical(body)).encode("utf-8")).hexdigest()
    assert row["prev"] == prev and digest == row["hash"], row["seq"]
    prev, n = row["hash"], n + 1
print(n)
`;

keepTest(
  "an export proves itself with nothing but Node, and shows what was changed in it",
  async ({ log, ctx, file }) => {
    await log.write(6);
    await withTransaction(ctx, async (tx) =>
      audit(tx, { action: "test.person", subject: "x", detail: {}, personal: { email: "ana@example.org" } }),
    );
    await log.anchor();
    const keys = publicKeys({ home: file.home, env: { NODE_ENV: "test" } });
    for (const withPersonal of [false, true]) {
      const folder = path.join(file.home, `export-${withPersonal}`);
      const options = { folder, home: file.home, keys, chain: log.chain, anchors: log.anchors, withPersonal };
      expect(await exportAudit(log.client, options)).toEqual({ chains: 1, events: 7 });
      await expect(exportAudit(log.client, options)).rejects.toThrow(/is not empty/);
      const [name] = fs.readdirSync(path.join(folder, "chains"));
      const rows = path.join(folder, "chains", name ?? "");
      const text = fs.readFileSync(rows, "utf8");
      expect(text.includes("ana@example.org")).toBe(withPersonal);
      const good = shell(folder);
      expect(good.stdout).toMatch(/^ok {5}project:.*7 events up to 7, anchored up to 7/);
      expect(good.status).toBe(0);

      fs.writeFileSync(rows, text.replace('"subject":"x:2"', '"subject":"x:3"'));
      const bad = shell(folder);
      expect(bad.stdout).toMatch(/hash_differs: Event 3 was changed/);
      expect(bad.status).toBe(1);
      // What is no event is missing, and does not stop the verifier.
      fs.writeFileSync(rows, text.replace(/^.*"subject":"x:2".*$/m, '{"chain":7,"seq":null}'));
      const odd = shell(folder);
      expect(odd.stderr).toContain("a line is not what it should be and was left out");
      expect(odd.stdout).toMatch(/gap: Event 3 is missing/);
      expect(odd.status).toBe(1);
      fs.writeFileSync(rows, text.split("\n").slice(0, 6).join("\n"));
      expect(shell(folder).stdout).toMatch(/behind_anchor: The chain ends at 6, but 7 events were anchored/);
      fs.writeFileSync(rows, text);
    }
  },
);

keepTest.skipIf(requirements().found.python === undefined && requirements().required.length === 0)(
  "Python makes the same hashes of unicode, key order and nesting",
  async ({ log, file }) => {
    await log.write(5);
    const folder = path.join(file.home, "export-python");
    await exportAudit(log.client, { folder, home: file.home, keys: new Map(), chain: log.chain, anchors: log.anchors });
    const rows = path.join(folder, "chains", `${encodeURIComponent(log.chain)}.jsonl`);
    const python = spawnSync("python3", ["-c", PYTHON, rows], { encoding: "utf8" });
    expect(python.stderr).toBe("");
    expect(python.stdout.trim()).toBe("5");
  },
);

keepTest("after a backup was put back the gap is told, and is no tampering", async ({ log }) => {
  await log.write(4);
  await log.anchor();
  await log.write(4);
  await log.anchor();
  // As it was when the backup was made, at 5.
  await log.tamper("DELETE FROM audit_event WHERE chain = $1 AND seq > 5", [log.chain]);
  await log.tamper("DELETE FROM audit_checkpoint WHERE chain = $1 AND seq > 5", [log.chain]);
  await log.tamper(
    "UPDATE audit_head SET seq = 5, hash = (SELECT hash FROM audit_event WHERE chain = $1 AND seq = 5) WHERE chain = $1",
    [log.chain],
  );
  expect((await log.verify()).chains[0]?.problems[0]?.kind).toBe("behind_anchor");
  await log.client.query("BEGIN");
  await recordRestore(log.client, { anchors: log.anchors, backup: "2026-11-01-before" });
  await log.client.query("COMMIT");
  const report = await log.verify();
  expect(report.chains[0]).toMatchObject({ ok: true, explained: [{ kind: "restored", fromSeq: 6, toSeq: 8 }] });
  // Growing past what was anchored before changes nothing, and the first half is still covered.
  await log.write(6);
  await log.anchor();
  expect((await log.verify()).ok).toBe(true);
  expect((await log.verify({ fromAnchor: true })).ok).toBe(true);
  await log.tamper("UPDATE audit_event SET subject = 'y' WHERE chain = $1 AND seq = 3", [log.chain]);
  expect((await log.verify()).chains[0]?.problems).toMatchObject([{ kind: "hash_differs", seq: 3 }]);
});

keepTest("pruning goes up to an anchor, leaves a tombstone, and the rest is whole", async ({ log, ctx, file }) => {
  const { home } = file;
  const keys = publicKeys({ home, env: { NODE_ENV: "test" } });
  const old = { ...ctx, clock: { now: () => new Date(Date.now() - 8 * MONTH_MS) } };
  const key = loadSigningKey({ ASSAY_HOME: home });
  const write = (when: typeof ctx, email: string) =>
    withTransaction(when, async (tx) =>
      audit(tx, { action: "test.old", subject: "x", detail: {}, personal: { email } }),
    );
  for (const name of ["a", "b", "c"]) await write(old, name);
  await checkpoint(old, { key, anchors: log.anchors, force: true });
  await write(old, "old, but not anchored");
  await write(ctx, "new");
  await log.anchor();
  const options = { home, keys, anchors: log.anchors };
  await expect(pruneAudit(log.client, { ...options, months: 5 })).rejects.toThrow(/6 months at least/);
  expect(await pruneAudit(log.client, { ...options, months: 12 })).toEqual([]);
  const pruned = await pruneAudit(log.client, { ...options, months: 6 });
  expect(pruned).toEqual([{ chain: log.chain, fromSeq: 1, toSeq: 3, events: 3 }]);
  const left = await log.client.query("SELECT count(*)::int AS n FROM audit_personal WHERE chain = $1", [log.chain]);
  expect(left.rows).toEqual([{ n: 2 }]);

  const report = await log.verify();
  expect(report.chains[0]).toMatchObject({
    ok: true,
    firstSeq: 4,
    lastSeq: 6,
    explained: [{ kind: "pruned", toSeq: 3 }],
  });
  const folder = path.join(home, "export-pruned");
  await exportAudit(log.client, { folder, ...options, chain: log.chain });
  expect(shell(folder).status).toBe(0);
  await expect(ctx.pool.query("DELETE FROM audit_event WHERE chain = $1", [log.chain])).rejects.toThrow(
    /permission denied/,
  );
  await expect(log.client.query("DELETE FROM audit_event WHERE chain = $1", [log.chain])).rejects.toThrow(
    /append-only/,
  );

  await log.tamper("DELETE FROM audit_event WHERE chain = $1 AND seq = 4", [log.chain]);
  await log.tamper("UPDATE audit_tombstone SET to_seq = 4 WHERE chain = $1", [log.chain]);
  expect((await log.verify()).chains[0]?.problems[0]?.kind).toBe("tombstone_differs");
});

keepTest("refused attempts are covered by digests, and a changed one shows", async ({ log, ctx, db, file }) => {
  const attempt = (at: Date, action: string) => ({
    at,
    actor: "anonymous",
    ip: "192.0.2.1",
    action,
    reason: "unauthenticated",
  });
  const past = new Date(Date.now() - 60_000);
  await db.deniedAttempt.createMany({
    data: [attempt(past, "GET /a"), attempt(past, "GET /ü"), attempt(new Date(), "GET /new")],
  });
  expect(await digestDenied(ctx)).toBe(2);
  expect(await digestDenied(ctx)).toBe(0);
  const later = { ...ctx, clock: { now: () => new Date(Date.now() + 60_000) } };
  expect(await digestDenied(later)).toBe(1);
  const verify = () =>
    verifyDatabase(log.client, { home: file.home, keys: new Map(), chain: "instance", anchors: "none" });
  expect((await verify()).ok).toBe(true);
  await log.tamper("UPDATE denied_attempt SET ip = '192.0.2.2' WHERE action = 'GET /a'");
  expect((await verify()).chains[0]?.problems).toMatchObject([{ kind: "denied_differs" }]);
  await log.tamper("DELETE FROM denied_attempt WHERE action = 'GET /a'");
  expect((await verify()).chains[0]?.problems[0]?.message).toMatch(/1 of 2 rows/);
});
