"use client";
import { X } from "lucide-react";
import { Dialog as Radix } from "radix-ui";
import type { ReactNode } from "react";
import { cn } from "#app/_ui/cn.ts";

/** A layer over the page. Escape closes it and gives the focus back. */
export function Dialog(props: {
  open: boolean;
  onOpenChange(open: boolean): void;
  title: string;
  description?: ReactNode;
  wide?: boolean;
  children: ReactNode;
}) {
  return (
    <Radix.Root open={props.open} onOpenChange={props.onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-50 bg-black/45" />
        <Radix.Content
          {...(props.description === undefined ? { "aria-describedby": undefined } : {})}
          className={cn(
            "fixed top-1/2 left-1/2 z-50 max-h-[calc(100dvh-2rem)] w-[calc(100vw-2rem)] -translate-x-1/2 -translate-y-1/2 overflow-y-auto rounded-lg border border-border bg-popover p-5 text-foreground shadow-xl",
            props.wide ? "max-w-2xl" : "max-w-md",
          )}
        >
          <div className="mb-3 flex items-start justify-between gap-4">
            <div className="space-y-1">
              <Radix.Title className="text-lg font-semibold">{props.title}</Radix.Title>
              {props.description !== undefined && (
                <Radix.Description className="text-muted-foreground">{props.description}</Radix.Description>
              )}
            </div>
            <Radix.Close aria-label="Close" className="rounded-md p-1 text-muted-foreground hover:bg-muted">
              <X className="size-4" aria-hidden />
            </Radix.Close>
          </div>
          {props.children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
