import type { ComponentProps } from "react";
import { cn } from "#app/_ui/cn.ts";

const field =
  "w-full rounded-md border border-input bg-card px-2.5 text-foreground placeholder:text-muted-foreground disabled:cursor-not-allowed disabled:opacity-60 aria-invalid:border-danger";

/** A one-line field, 32 px high. */
export function Input({ className, ...props }: ComponentProps<"input">) {
  return <input className={cn(field, "h-8", className)} {...props} />;
}

/** The browser's own choice list: keyboard, screen reader and phone know it already. */
export function Select({ className, ...props }: ComponentProps<"select">) {
  return <select className={cn(field, "h-8 pr-7", className)} {...props} />;
}

export function Checkbox({ className, ...props }: Omit<ComponentProps<"input">, "type">) {
  return (
    <input type="checkbox" className={cn("block size-4 shrink-0 rounded-sm accent-primary", className)} {...props} />
  );
}
