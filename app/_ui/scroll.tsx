import type { ComponentProps } from "react";
import { cn } from "#app/_ui/cn.ts";

// A group and not a region: a table in a card of the same name would be a landmark twice. The linter takes a focus on it
// for an accident; it is the point: without it a keyboard cannot scroll what holds no control (WCAG 2.1.1).
const scroller = { role: "group", tabIndex: 0 };

/**
 * A named place that scrolls sideways in itself and can be reached by keyboard. It is the containing block of what is
 * placed absolutely in it (text for readers only), or that would widen the page.
 */
export function ScrollX({ label, className, ...props }: ComponentProps<"div"> & { label: string }) {
  return <div aria-label={label} className={cn("relative overflow-x-auto", className)} {...scroller} {...props} />;
}
