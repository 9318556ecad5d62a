import type { ReactNode } from "react";
import { cn } from "#app/_ui/cn.ts";

/** `htmlFor` is the id of its control. */
export function Label({ className, htmlFor, children }: { className?: string; htmlFor: string; children: ReactNode }) {
  return (
    <label htmlFor={htmlFor} className={cn("block text-sm font-medium text-foreground", className)}>
      {children}
    </label>
  );
}

/**
 * A label, its control, a hint and a fault. The control must carry `id` and, so that a reader hears both texts,
 * `aria-describedby={describedBy(id)}`.
 */
export function Field(props: {
  id: string;
  label: string;
  hint?: ReactNode;
  error?: string | undefined;
  children: ReactNode;
}) {
  const { id, label, hint, error, children } = props;
  return (
    <div className="space-y-1">
      <Label htmlFor={id}>{label}</Label>
      {children}
      <p id={`${id}-note`} className={cn("text-xs", error === undefined ? "text-muted-foreground" : "text-danger")}>
        {error ?? hint}
      </p>
    </div>
  );
}

export const describedBy = (id: string): string => `${id}-note`;
