"use client";
import Link from "next/link";
import { DropdownMenu as Radix } from "radix-ui";
import type { ComponentProps, ReactNode } from "react";
import { cn } from "#app/_ui/cn.ts";

// Not modal: a modal menu takes the page's scrollbar away, and the page jumps.
export function DropdownMenu(props: ComponentProps<typeof Radix.Root>) {
  return <Radix.Root modal={false} {...props} />;
}

export const DropdownMenuTrigger = Radix.Trigger;

export function DropdownMenuContent({ className, ...props }: ComponentProps<typeof Radix.Content>) {
  return (
    <Radix.Portal>
      <Radix.Content
        sideOffset={4}
        collisionPadding={8}
        className={cn(
          "z-50 min-w-44 rounded-md border border-border bg-popover p-1 text-foreground shadow-lg",
          className,
        )}
        {...props}
      />
    </Radix.Portal>
  );
}

const item =
  "flex h-8 cursor-default items-center gap-2 rounded-sm px-2 text-sm outline-none select-none data-[disabled]:opacity-50 data-[highlighted]:bg-accent data-[highlighted]:text-accent-foreground [&_svg]:size-4 [&_svg]:shrink-0";

export function DropdownMenuItem({ className, ...props }: ComponentProps<typeof Radix.Item>) {
  return <Radix.Item className={cn(item, className)} {...props} />;
}

export function DropdownMenuRadioItem({ className, children, ...props }: ComponentProps<typeof Radix.RadioItem>) {
  return (
    <Radix.RadioItem className={cn(item, className)} {...props}>
      <span aria-hidden className="w-4">
        <Radix.ItemIndicator>✓</Radix.ItemIndicator>
      </span>
      {children}
    </Radix.RadioItem>
  );
}

/** One of several is chosen, under a title. The options are `DropdownMenuRadioItem`. */
export function DropdownMenuChoice(props: ComponentProps<typeof Radix.RadioGroup> & { title: string }) {
  const { title, ...group } = props;
  return (
    <>
      <DropdownMenuLabel>{title}</DropdownMenuLabel>
      <Radix.RadioGroup {...group} />
    </>
  );
}

/** Below a line: leads to another page. */
export function DropdownMenuLink({ href, children }: { href: string; children: ReactNode }) {
  return (
    <>
      <DropdownMenuSeparator />
      <DropdownMenuItem asChild>
        <Link href={href}>{children}</Link>
      </DropdownMenuItem>
    </>
  );
}

export function DropdownMenuLabel({ className, ...props }: ComponentProps<typeof Radix.Label>) {
  return <Radix.Label className={cn("px-2 py-1 text-xs text-muted-foreground", className)} {...props} />;
}

export function DropdownMenuSeparator() {
  return <Radix.Separator className="my-1 h-px bg-border" />;
}
