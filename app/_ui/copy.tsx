"use client";
import { Check, Copy as CopyIcon } from "lucide-react";
import { useEffect, useState } from "react";
import { cn } from "#app/_ui/cn.ts";
import { ScrollX } from "#app/_ui/scroll.tsx";

function useCopied(): [boolean, (text: string) => Promise<void>] {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return undefined;
    const timer = setTimeout(() => setCopied(false), 1_500);
    return () => clearTimeout(timer);
  }, [copied]);
  return [
    copied,
    async (text) => {
      await navigator.clipboard.writeText(text);
      setCopied(true);
    },
  ];
}

/** An id by its first eight characters; a click copies the whole. */
export function CopyId({ id, label, className }: { id: string; label: string; className?: string }) {
  const [copied, copy] = useCopied();
  return (
    <button
      type="button"
      title={copied ? "Copied" : `${id} (click to copy)`}
      aria-label={copied ? `${label} copied` : `Copy ${label} ${id}`}
      onClick={() => copy(id)}
      className={cn(
        "inline-flex items-center gap-1 rounded-sm font-mono text-xs text-muted-foreground hover:text-foreground",
        className,
      )}
    >
      {id.slice(0, 8)}
      {copied ? <Check className="size-3 text-success" aria-hidden /> : <CopyIcon className="size-3" aria-hidden />}
    </button>
  );
}

/** A command or a reply as it is, with a button that copies it. */
export function CodeBlock({ code, label }: { code: string; label: string }) {
  const [copied, copy] = useCopied();
  return (
    <div className="flex items-start rounded-md border border-border bg-muted text-left">
      <ScrollX label={label} className="min-w-0 flex-1 rounded-md">
        <pre className="w-max min-w-full px-3 py-2.5 text-xs leading-5 text-foreground">{code}</pre>
      </ScrollX>
      <button
        type="button"
        aria-label={copied ? "Copied" : `Copy ${label}`}
        onClick={() => copy(code)}
        className="m-1 shrink-0 rounded-md border border-border bg-card p-1.5 text-muted-foreground hover:text-foreground"
      >
        {copied ? (
          <Check className="size-3.5 text-success" aria-hidden />
        ) : (
          <CopyIcon className="size-3.5" aria-hidden />
        )}
      </button>
    </div>
  );
}
