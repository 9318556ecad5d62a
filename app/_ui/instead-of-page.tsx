import Link from "next/link";
import type { ReactNode } from "react";
import { Button } from "#app/_ui/button.tsx";

/** All that is said where a page is not shown: why, and the ways on. */
export function InsteadOfPage(props: { title: string; children: ReactNode; also: { href: string; label: string } }) {
  return (
    <div className="mx-auto max-w-md space-y-3 px-6 py-24 text-center">
      <h1 className="text-xl font-semibold">{props.title}</h1>
      <p className="text-muted-foreground">{props.children}</p>
      <div className="flex justify-center gap-2">
        <Button asChild variant="primary">
          <Link href="/">Home</Link>
        </Button>
        <Button asChild>
          <Link href={props.also.href}>{props.also.label}</Link>
        </Button>
      </div>
    </div>
  );
}
