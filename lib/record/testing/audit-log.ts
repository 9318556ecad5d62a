import { join } from "node:path";
import { audit } from "#lib/platform/audit.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { withTransaction } from "#lib/platform/db.ts";
import { checkpoint } from "#lib/record/checkpoint.ts";
import { loadSigningKey } from "#lib/record/signing-key.ts";
import { publicKeys } from "../../../scripts/lib/audit-key.mjs";
import { verifyDatabase } from "../../../scripts/lib/audit-run.mjs";
import { connect } from "../../../scripts/lib/pg-roles.mjs";

/** For tests: a project's chain, with somebody who may do anything to the database. */
export interface AuditLog {
  chain: string;
  anchors: string;
  write(count: number): Promise<void>;
  anchor(): Promise<number>;
  verify(options?: { fromAnchor?: boolean; anchors?: string }): Promise<Awaited<ReturnType<typeof verifyDatabase>>>;
  /** Statements as the owner with triggers off: what the log has to show. */
  tamper(sql: string, params?: unknown[]): Promise<void>;
  client: Awaited<ReturnType<typeof connect>>;
  close(): Promise<void>;
}

export async function openAuditLog(ctx: Ctx, places: { home: string; superuserUrl: string }): Promise<AuditLog> {
  const { home } = places;
  const chain = `project:${ctx.projectId}`;
  const anchors = join(home, `anchors-${ctx.projectId}.jsonl`);
  const client = await connect(places.superuserUrl);
  const key = loadSigningKey({ ASSAY_HOME: home });
  return {
    chain,
    anchors,
    client,
    async write(count) {
      for (let index = 0; index < count; index++) {
        const detail = {
          index,
          text: `ünïcode 😀 ${index}`,
          "😀": "a",
          "\uFB33": "b",
          nested: { b: 1, a: [null, true] },
        };
        await withTransaction(ctx, async (tx) => audit(tx, { action: "test.write", subject: `x:${index}`, detail }));
      }
    },
    anchor: async () => (await checkpoint(ctx, { key, anchors, force: true })).length,
    verify: (options = {}) =>
      verifyDatabase(client, {
        home,
        keys: publicKeys({ home, env: { NODE_ENV: "test" } }),
        chain,
        anchors,
        ...options,
      }),
    async tamper(sql, params = []) {
      await client.query("SET session_replication_role = replica");
      await client.query(sql, params);
      await client.query("SET session_replication_role = origin");
    },
    close: () => client.end(),
  };
}
