"use client";
import { useEffect, useState } from "react";
import { relativeTime } from "#app/_ui/format.ts";

/** "3 minutes ago", kept up to date; the exact moment is in its title. `at` is ISO 8601. */
export function Time({ at, className }: { at: string; className?: string }) {
  const [, tick] = useState(0);
  useEffect(() => {
    // The first tick also replaces the server's words, which were said a moment earlier.
    const first = setTimeout(() => tick((n) => n + 1), 0);
    const timer = setInterval(() => tick((n) => n + 1), 15_000);
    return () => {
      clearTimeout(first);
      clearInterval(timer);
    };
  }, []);
  const date = new Date(at);
  return (
    <time dateTime={at} title={exact(date)} className={className} suppressHydrationWarning>
      {relativeTime(date, new Date())}
    </time>
  );
}

function exact(date: Date): string {
  return `${date.toISOString().slice(0, 19).replace("T", " ")} UTC`;
}
