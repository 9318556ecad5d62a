import { cn } from "#app/_ui/cn.ts";

/** `value` is a share 0..1; null means that it is not known how much is left. */
export function Progress({ value, label, className }: { value: number | null; label: string; className?: string }) {
  const percent = value === null ? null : Math.round(Math.min(1, Math.max(0, value)) * 100);
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      {...(percent === null ? {} : { "aria-valuenow": percent })}
      className={cn("h-1.5 w-full overflow-hidden rounded-full bg-muted", className)}
    >
      <div
        className={cn(
          "h-full rounded-full bg-primary transition-[width] duration-150",
          percent === null && "animate-pulse",
        )}
        style={{ width: percent === null ? "40%" : `${percent}%` }}
      />
    </div>
  );
}
