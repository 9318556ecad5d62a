import pg from "pg";
import type { DbClient } from "#lib/platform/db-client.ts";
import { messageOf } from "#lib/platform/errors.ts";
import type { Logger } from "#lib/platform/logger.ts";

/** Names of Postgres channels: lower case, with our prefix. */
export type Channel = `assay_${string}`;

/** Postgres LISTEN / NOTIFY with one connection a process. A message is a hint to read again, never the only copy. */
export interface NotifyHub {
  /**
   * Calls `listener` for each message, and once after every reconnect with an empty payload. Returns the way to stop. Does
   * not fail while the database is away: it goes on trying.
   */
  listen(channel: Channel, listener: (payload: string) => void): Promise<() => void>;
  close(): Promise<void>;
}

/** Sends with the surrounding transaction: it is heard on commit. `payload` has at most 7,999 bytes. */
export async function notify(db: DbClient, channel: Channel, payload: string): Promise<void> {
  await db.$executeRaw`SELECT pg_notify(${channel}, ${payload})`;
}

export function createNotifyHub(url: string, logger: Logger): NotifyHub {
  const listeners = new Map<Channel, Set<(payload: string) => void>>();
  let client: Promise<pg.Client> | undefined;
  let closed = false;

  const connect = async (): Promise<pg.Client> => {
    const fresh = new pg.Client({ connectionString: url, application_name: "assay-notify", keepAlive: true });
    fresh.on("notification", ({ channel, payload }) => {
      for (const listener of listeners.get(channel as Channel) ?? []) listener(payload ?? "");
    });
    fresh.on("error", (error) => logger.warn({ error: error.message }, "notify connection lost"));
    fresh.on("end", () => {
      client = undefined;
      if (!closed && listeners.size > 0) setTimeout(reconnect, 500).unref();
    });
    await fresh.connect();
    for (const channel of listeners.keys()) await fresh.query(`LISTEN ${fresh.escapeIdentifier(channel)}`);
    return fresh;
  };
  const reconnect = () => {
    if (closed || client !== undefined) return;
    client = connect();
    client.then(
      () => {
        for (const group of listeners.values()) for (const listener of group) listener("");
      },
      (error) => {
        logger.warn({ error: messageOf(error) }, "notify connection not restored yet");
        client = undefined;
        setTimeout(reconnect, 1_000).unref();
      },
    );
  };

  return {
    async listen(channel, listener) {
      const group = listeners.get(channel) ?? new Set();
      const isNew = group.size === 0;
      group.add(listener);
      listeners.set(channel, group);
      if (client === undefined) {
        client = connect();
        client.catch(() => {
          client = undefined;
          setTimeout(reconnect, 1_000).unref();
        });
      } else if (isNew) {
        // Whoever is listening when the connection comes (back) is listened for: nothing is lost by a failure here.
        const open = await client.catch(() => undefined);
        await open?.query(`LISTEN ${open.escapeIdentifier(channel)}`).catch(() => undefined);
      }
      await client?.catch(() => undefined);
      return () => void group.delete(listener);
    },
    async close() {
      closed = true;
      listeners.clear();
      await (await client?.catch(() => undefined))?.end();
    },
  };
}
