import type { ComponentProps } from "react";
import { cn } from "#app/_ui/cn.ts";
import { ScrollX } from "#app/_ui/scroll.tsx";

/** Rows of 32 px, 12 px type. A table wider than its place scrolls in itself, reachable by keyboard, named by `label`. */
export function Table({ label, className, ...props }: ComponentProps<"table"> & { label: string }) {
  return (
    <ScrollX label={label} className="w-full">
      <table className={cn("w-full border-collapse text-xs", className)} {...props} />
    </ScrollX>
  );
}

export function Tr({ className, ...props }: ComponentProps<"tr">) {
  return <tr className={cn("h-8 border-b border-border last:border-b-0", className)} {...props} />;
}

/** `number` aligns right with figures of one width. */
export function Th({ className, number = false, ...props }: ComponentProps<"th"> & { number?: boolean }) {
  return (
    <th
      scope="col"
      className={cn(
        "h-8 px-3 font-medium whitespace-nowrap text-muted-foreground",
        number ? "text-right" : "text-left",
        className,
      )}
      {...props}
    />
  );
}

export function Td({ className, number = false, ...props }: ComponentProps<"td"> & { number?: boolean }) {
  return <td className={cn("px-3 whitespace-nowrap", number && "tabular text-right", className)} {...props} />;
}
