"use client";
import { Clock } from "lucide-react";
import { useSyncExternalStore } from "react";
import { cn } from "#app/_ui/cn.ts";
import { Time } from "#app/_ui/time.tsx";
import { isSoon } from "#app/(console)/approvals/_components/words.ts";

const everyMinute = (tell: () => void) => {
  const timer = setInterval(tell, 60_000);
  return () => clearInterval(timer);
};

/** When something ends. With less than a day left it is amber, and an icon and a word say so too. */
export function Deadline({ at, className }: { at: string; className?: string }) {
  // The server says nothing of it: its clock is not the browser's.
  const soon = useSyncExternalStore(
    everyMinute,
    () => isSoon(at, Date.now()),
    () => false,
  );
  return (
    <span className={cn("inline-flex items-center gap-1", soon && "font-medium text-warning", className)}>
      {soon && <span className="sr-only">Less than a day left: </span>}
      <Time at={at} />
      <Clock aria-hidden className={cn("size-3.5", !soon && "opacity-0")} />
    </span>
  );
}
