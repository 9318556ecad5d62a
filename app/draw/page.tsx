import type { Metadata } from "next";
import Link from "next/link";
import { DrawingDesk } from "#app/draw/_components/drawing-desk.tsx";
import { requireSession } from "#lib/auth/session.ts";
import { serverEnvOf } from "#lib/platform/http/host.ts";
import { getRuntime } from "#lib/platform/runtime.ts";

/** At build time there is no runtime to ask. */
export const dynamic = "force-dynamic";

export const metadata: Metadata = {
  title: "Draw a digit",
  description: "Draw a digit and watch the model in production read it.",
};

const PLACES = [
  { href: "/", label: "Home" },
  { href: "/runs", label: "Runs" },
  { href: "/models", label: "Models" },
] as const;

export default async function DrawPage() {
  // Public like /predict, and closed with it.
  if (!serverEnvOf(getRuntime()).ASSAY_PUBLIC_PREDICT) await requireSession();
  return (
    <div className="min-h-dvh">
      <header className="border-b border-border bg-card">
        <div className="mx-auto flex h-12 max-w-4xl items-center gap-4 px-4">
          <span className="font-semibold">Assay</span>
          <nav aria-label="Assay" className="flex items-center gap-1">
            {PLACES.map(({ href, label }) => (
              <Link
                key={href}
                href={href}
                prefetch={false}
                className="rounded-md px-2.5 py-2 text-muted-foreground hover:bg-muted hover:text-foreground"
              >
                {label}
              </Link>
            ))}
          </nav>
        </div>
      </header>
      <main className="mx-auto max-w-4xl px-4 pt-3 pb-6 md:pt-5">
        <h1 className="sr-only md:not-sr-only md:mb-4 md:text-lg md:font-semibold">Draw a digit</h1>
        <DrawingDesk />
      </main>
    </div>
  );
}
