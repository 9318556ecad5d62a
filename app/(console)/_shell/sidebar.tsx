"use client";
import { Menu, PanelLeftClose, PanelLeftOpen, X } from "lucide-react";
import Link from "next/link";
import { usePathname, useRouter } from "next/navigation";
import { Dialog as Radix } from "radix-ui";
import { useEffect, useMemo, useState } from "react";
import { cn } from "#app/_ui/cn.ts";
import { HotkeyRoot, useHotkeys } from "#app/_ui/hotkeys.tsx";
import { rememberLook } from "#app/_ui/remember-look.ts";
import type { Theme } from "#app/_ui/theme.ts";
import { isCurrent, PLACES } from "#app/(console)/_shell/places.ts";
import { UserMenu } from "#app/(console)/_shell/user-menu.tsx";

interface ShellProps {
  project: string;
  user: { name: string; email: string };
  folded: boolean;
  theme: Theme;
}

/** The way about: a folding column at the left, and on a phone a bar with a drawer. */
export function Sidebar({ project, user, folded: foldedAtFirst, theme }: ShellProps) {
  const [folded, setFolded] = useState(foldedAtFirst);
  const [hydrated, setHydrated] = useState(false);
  useEffect(() => setHydrated(true), []);
  const router = useRouter();
  const hotkeys = useMemo(
    () => PLACES.map(({ href, label, key }) => ({ keys: `g ${key}`, what: label, run: () => router.push(href) })),
    [router],
  );
  useHotkeys("Go to", hotkeys);
  const fold = () => {
    setFolded(!folded);
    void rememberLook("assay_sidebar", folded ? "open" : "folded");
  };

  return (
    <>
      <HotkeyRoot />
      <header
        data-hydrated={hydrated}
        className={cn(
          "sticky top-0 hidden h-dvh shrink-0 flex-col border-r border-border bg-card md:flex",
          folded ? "w-14" : "w-52",
        )}
      >
        <div className="flex h-14 items-center gap-2 border-b border-border px-4">
          <Mark />
          {!folded && <Project project={project} />}
        </div>
        <Places folded={folded} />
        <div className="mt-auto space-y-1 border-t border-border p-2">
          <button
            type="button"
            aria-expanded={!folded}
            aria-label={folded ? "Unfold the sidebar" : "Fold the sidebar"}
            onClick={fold}
            className="flex h-8 w-full items-center gap-2.5 rounded-md px-2.5 text-muted-foreground hover:bg-muted hover:text-foreground"
          >
            {folded ? (
              <PanelLeftOpen className="size-4" aria-hidden />
            ) : (
              <PanelLeftClose className="size-4" aria-hidden />
            )}
            {!folded && "Fold"}
          </button>
          <UserMenu user={user} theme={theme} folded={folded} />
        </div>
      </header>
      <MobileBar project={project} user={user} theme={theme} />
    </>
  );
}

function MobileBar({ project, user, theme }: Omit<ShellProps, "folded">) {
  const [open, setOpen] = useState(false);
  return (
    <header className="sticky top-0 z-30 flex h-12 items-center gap-2 border-b border-border bg-card px-3 md:hidden">
      <Radix.Root open={open} onOpenChange={setOpen}>
        <Radix.Trigger aria-label="Open the menu" className="rounded-md p-2 hover:bg-muted">
          <Menu className="size-5" aria-hidden />
        </Radix.Trigger>
        <Radix.Portal>
          <Radix.Overlay className="fixed inset-0 z-40 bg-black/45" />
          <Radix.Content
            aria-describedby={undefined}
            className="fixed inset-y-0 left-0 z-50 flex w-64 flex-col border-r border-border bg-card text-foreground"
          >
            <div className="flex h-12 items-center justify-between border-b border-border px-4">
              <Radix.Title className="font-semibold">Assay</Radix.Title>
              <Radix.Close aria-label="Close the menu" className="rounded-md p-2 hover:bg-muted">
                <X className="size-5" aria-hidden />
              </Radix.Close>
            </div>
            <Places folded={false} onGo={() => setOpen(false)} />
            <div className="mt-auto border-t border-border p-2">
              <UserMenu user={user} theme={theme} folded={false} />
            </div>
          </Radix.Content>
        </Radix.Portal>
      </Radix.Root>
      <Mark />
      <Project project={project} />
    </header>
  );
}

function Mark() {
  return (
    <svg viewBox="0 0 24 24" className="size-6 shrink-0 text-primary" aria-hidden>
      <rect x="1" y="1" width="22" height="22" rx="5" fill="none" stroke="currentColor" strokeWidth="1.5" />
      <path d="M6 17 12 6l6 11M8.5 13h7" fill="none" stroke="currentColor" strokeWidth="2" strokeLinejoin="round" />
    </svg>
  );
}

function Project({ project }: { project: string }) {
  return (
    <div className="min-w-0 leading-tight">
      <p className="font-semibold">Assay</p>
      <p className="truncate text-xs text-muted-foreground" title={`Project ${project}`}>
        {project}
      </p>
    </div>
  );
}

function Places({ folded, onGo }: { folded: boolean; onGo?: () => void }) {
  const pathname = usePathname();
  return (
    <nav aria-label="Main" className="space-y-0.5 overflow-y-auto p-2">
      {PLACES.map(({ href, label, icon: Icon, key }) => (
        <Link
          key={href}
          href={href}
          aria-current={isCurrent(href, pathname) ? "page" : undefined}
          aria-label={folded ? label : undefined}
          title={`${label} (g ${key})`}
          {...(onGo === undefined ? {} : { onClick: onGo })}
          className="flex h-8 items-center gap-2.5 rounded-md px-2.5 text-muted-foreground hover:bg-muted hover:text-foreground aria-[current=page]:bg-accent aria-[current=page]:font-medium aria-[current=page]:text-accent-foreground"
        >
          <Icon className="size-4 shrink-0" aria-hidden />
          {!folded && label}
        </Link>
      ))}
    </nav>
  );
}
