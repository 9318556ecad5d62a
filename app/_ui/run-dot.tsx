import { cn } from "#app/_ui/cn.ts";
import { runColour } from "#app/_ui/palette.ts";

/** The colour that a run has in every chart and list, beside its name. */
export function RunDot({ id, className }: { id: string; className?: string }) {
  return (
    <span
      aria-hidden
      className={cn("size-2.5 shrink-0 rounded-full", className)}
      style={{ background: runColour(id) }}
    />
  );
}
