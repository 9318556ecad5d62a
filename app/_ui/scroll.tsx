import type { ComponentProps } from "react";
import { cn } from "#app/_ui/cn.ts";

// The linter takes a focus on a region for an accident; here it is the point: without it a keyboard cannot scroll what
// holds no control (WCAG 2.1.1, axe's scrollable-region-focusable).
const focusable = { tabIndex: 0 };

/**
 * A named place that scrolls sideways in itself and can be reached by keyboard. It is the containing block of what is
 * placed absolutely in it (text for readers only), or that would widen the page.
 */
export function ScrollX({ label, className, ...props }: ComponentProps<"section"> & { label: string }) {
  return <section aria-label={label} className={cn("relative overflow-x-auto", className)} {...focusable} {...props} />;
}
