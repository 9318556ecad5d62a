"use client";
import { useEffect, useEffectEvent } from "react";

/**
 * Calls `read` every `everyMs` while the page is seen, never two at once. A failure is left to the next turn: what is
 * shown stays. `everyMs` null: not at all.
 */
export function usePoll(read: (signal: AbortSignal) => Promise<void>, everyMs: number | null) {
  const turn = useEffectEvent(read);
  useEffect(() => {
    if (everyMs === null) return undefined;
    const stop = new AbortController();
    let timer: ReturnType<typeof setTimeout>;
    const loop = async () => {
      if (!document.hidden) await turn(stop.signal).catch(() => undefined);
      if (!stop.signal.aborted) timer = setTimeout(loop, everyMs);
    };
    timer = setTimeout(loop, everyMs);
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
  }, [everyMs]);
}
