"use client";
import { Tabs as Radix } from "radix-ui";
import { type ComponentProps, useEffect, useRef } from "react";
import { cn } from "#app/_ui/cn.ts";

export const Tabs = Radix.Root;

/** On a phone the row scrolls sideways: the tab that an address opens is brought into it. */
export function TabsList({ className, ...props }: ComponentProps<typeof Radix.List>) {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const row = list.current;
    const chosen = row?.querySelector<HTMLElement>("[data-state=active]");
    if (row == null || chosen == null) return;
    row.scrollLeft += chosen.getBoundingClientRect().right - row.getBoundingClientRect().right;
  }, []);
  return (
    <Radix.List ref={list} className={cn("flex gap-1 overflow-x-auto border-b border-border", className)} {...props} />
  );
}

export function TabsTrigger({ className, ...props }: ComponentProps<typeof Radix.Trigger>) {
  return (
    <Radix.Trigger
      className={cn(
        "-mb-px h-9 border-b-2 border-transparent px-3 text-sm font-medium whitespace-nowrap text-muted-foreground outline-offset-[-2px] hover:text-foreground data-[state=active]:border-primary data-[state=active]:text-foreground",
        className,
      )}
      {...props}
    />
  );
}

export function TabsContent({ className, ...props }: ComponentProps<typeof Radix.Content>) {
  return <Radix.Content className={cn("pt-4", className)} {...props} />;
}
