"use client";
import { useMemo, useState } from "react";
import { call } from "#app/_live/api.ts";
import { usePoll } from "#app/_live/use-poll.ts";
import type { RunRow } from "#app/(console)/runs/_components/columns.tsx";
import { RunPage } from "#lib/tracking/schemas.ts";
import { isRunActive } from "#lib/tracking/status.ts";
import { QueueReply } from "#lib/training/schemas.ts";

interface Live {
  /** The server's page that this belongs to; another one makes it void. */
  base: RunPage;
  page: RunPage;
  queue: QueueReply;
}

/**
 * Keeps the rows of a list up to date where they stand: values change, rows do not move or vanish under the cursor.
 * `newCount` runs have come since that a refresh would show. `query` null: it is not asked for again.
 */
export function useLiveRows(
  page: RunPage,
  queue: QueueReply,
  query: string | null,
): { rows: RunRow[]; newCount: number } {
  const [live, setLive] = useState<Live>({ base: page, page, queue });
  const now = live.base === page ? live : { base: page, page, queue };
  const active =
    now.queue.running.length + now.queue.waiting.length > 0 || page.items.some((run) => isRunActive(run.status));

  usePoll(
    async (signal) => {
      const [nextPage, nextQueue] = await Promise.all([
        call("GET", `/api/runs${query ?? ""}`, { reply: RunPage, signal }),
        call("GET", "/api/training/queue", { reply: QueueReply, signal }),
      ]);
      setLive({ base: page, page: nextPage, queue: nextQueue });
    },
    query === null ? null : active ? 1_500 : 6_000,
  );

  return useMemo(() => {
    const newer = new Map(now.page.items.map((run) => [run.id, run]));
    const progress = new Map(now.queue.running.map((job) => [job.runId, job.epochsDone]));
    const known = new Set(now.base.items.map((run) => run.id));
    return {
      rows: now.base.items.map((run) => ({
        ...(newer.get(run.id) ?? run),
        epochsDone: progress.get(run.id) ?? null,
      })),
      newCount: now.page.items.filter((run) => !known.has(run.id)).length,
    };
  }, [now.base, now.page, now.queue]);
}
