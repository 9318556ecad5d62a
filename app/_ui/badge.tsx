import { cva, type VariantProps } from "class-variance-authority";
import type { ComponentProps, ReactNode } from "react";
import { cn } from "#app/_ui/cn.ts";

const styles = cva(
  "inline-flex h-5 items-center gap-1 rounded-sm px-1.5 text-xs font-medium whitespace-nowrap [&_svg]:size-3.5 [&_svg]:shrink-0",
  {
    variants: {
      tone: {
        neutral: "bg-muted text-muted-foreground",
        accent: "bg-accent text-accent-foreground",
        success: "bg-success-muted text-success",
        warning: "bg-warning-muted text-warning",
        danger: "bg-danger-muted text-danger",
      },
    },
    defaultVariants: { tone: "neutral" },
  },
);

export type Tone = NonNullable<VariantProps<typeof styles>["tone"]>;

/** A word about a state, never colour alone: give it an icon or a word that stands by itself. */
export function Badge({
  tone,
  icon,
  className,
  children,
  ...props
}: ComponentProps<"span"> & { tone?: Tone; icon?: ReactNode }) {
  return (
    <span className={cn(styles({ tone }), className)} {...props}>
      {icon}
      {children}
    </span>
  );
}
