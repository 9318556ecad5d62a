import type { ComponentProps } from "react";
import { cn } from "#app/_ui/cn.ts";

/**
 * A named place that scrolls sideways in itself and can be reached by keyboard (WCAG 2.1.1). A group and not a region: a
 * table in a card of the same name would be a landmark twice. It is the containing block of what is placed absolutely in
 * it (text for readers only), or that would widen the page.
 */
export function ScrollX({ label, className, ...props }: ComponentProps<"div"> & { label: string }) {
  const group = { role: "group", "aria-label": label, tabIndex: 0 };
  return <div className={cn("relative overflow-x-auto", className)} {...group} {...props} />;
}
