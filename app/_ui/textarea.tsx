import type { ComponentProps } from "react";
import { cn } from "#app/_ui/cn.ts";

/** A field of several lines; it grows with its text where the browser can. */
export function Textarea({ className, ...props }: ComponentProps<"textarea">) {
  return (
    <textarea
      rows={3}
      className={cn(
        "block max-h-80 min-h-16 w-full rounded-md border border-input bg-card px-2.5 py-1.5 text-foreground [field-sizing:content] placeholder:text-muted-foreground disabled:cursor-not-allowed disabled:opacity-60 aria-invalid:border-danger",
        className,
      )}
      {...props}
    />
  );
}
