import type { ComponentProps, ReactNode } from "react";
import { cn } from "#app/_ui/cn.ts";
import { ScrollX } from "#app/_ui/scroll.tsx";

/**
 * Rows of 32 px, 12 px type. A table wider than its place scrolls in itself, reachable by keyboard, named by `label`.
 * `framed` where it does not stand in a card.
 */
export function Table(props: ComponentProps<"table"> & { label: string; framed?: boolean }) {
  const { label, framed = false, className, ...rest } = props;
  return (
    <ScrollX label={label} className={cn("w-full", framed && "rounded-lg border border-border bg-card")}>
      <table
        className={cn(
          "w-full border-collapse text-xs [&_:is(th,td):first-child]:pl-4 [&_:is(th,td):last-child]:pr-4",
          className,
        )}
        {...rest}
      />
    </ScrollX>
  );
}

/** A column by its name; `number` stands above figures, `hidden` is said to readers only. */
interface Column {
  name: string;
  number?: boolean;
  hidden?: boolean;
  className?: string;
}

export function Head({ columns, className }: { columns: readonly (string | Column)[]; className?: string }) {
  return (
    <thead className={className}>
      <Tr>
        {columns.map((column) => {
          const { name, hidden = false, ...look }: Column = typeof column === "string" ? { name: column } : column;
          return (
            <Th key={name} {...look}>
              {hidden ? <span className="sr-only">{name}</span> : name}
            </Th>
          );
        })}
      </Tr>
    </thead>
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

/** A row of facts: its name at the left. What is not known is shown as a dash. */
export function Fact({ name, mono = false, children }: { name: string; mono?: boolean; children: ReactNode }) {
  return (
    <Tr>
      <Th scope="row" className={cn("w-40", mono && "font-mono font-normal")}>
        {name}
      </Th>
      <Td className={cn(mono && "max-w-md py-1.5 font-mono wrap-anywhere whitespace-normal")}>
        {children === null || children === undefined || children === false ? "–" : children}
      </Td>
    </Tr>
  );
}
