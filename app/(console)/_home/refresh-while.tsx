"use client";
import { useRouter } from "next/navigation";
import { usePoll } from "#app/_live/use-poll.ts";

/** Reads the page again every `everyMs` for as long as it is rendered. */
export function RefreshWhile({ everyMs }: { everyMs: number }) {
  const router = useRouter();
  usePoll(async () => router.refresh(), everyMs);
  return null;
}
