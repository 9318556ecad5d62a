"use client";
import { Menu, PanelLeftClose, PanelLeftOpen, X } from "lucide-react";
import { useRouter } from "next/navigation";
import { Dialog as Radix } from "radix-ui";
import { useEffect, useMemo, useState } from "react";
import { cn } from "#app/_ui/cn.ts";
import { HotkeyRoot, useHotkeys } from "#app/_ui/hotkeys.tsx";
import { rememberLook } from "#app/_ui/remember-look.ts";
import type { Theme } from "#app/_ui/theme.ts";
import { PlaceList } from "#app/(console)/_shell/place-list.tsx";
import { PLACES, settingsFor } from "#app/(console)/_shell/places.ts";
import { ProjectSwitcher, type ShellProject } from "#app/(console)/_shell/project-switcher.tsx";
import { UserMenu } from "#app/(console)/_shell/user-menu.tsx";
import { hasScope } from "#lib/auth/scopes.ts";

interface ShellProps {
  project: string;
  projects: readonly ShellProject[];
  /** What the person may do in this project. */
  scopes: readonly string[];
  user: { name: string; email: string };
  folded: boolean;
  theme: Theme;
}

/** The way about: a folding column at the left, and on a phone a bar with a drawer. */
export function Sidebar({ folded: foldedAtFirst, ...props }: ShellProps) {
  const { project, projects, scopes, user, theme } = props;
  const [folded, setFolded] = useState(foldedAtFirst);
  const [hydrated, setHydrated] = useState(false);
  useEffect(() => setHydrated(true), []);
  const router = useRouter();
  const hotkeys = useMemo(
    () =>
      [...PLACES, ...settingsFor(scopes)].map(({ href, label, key }) => ({
        keys: `g ${key}`,
        what: label,
        run: () => router.push(href),
      })),
    [router, scopes],
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
        <div className="flex h-14 items-center border-b border-border px-2">
          <ProjectSwitcher
            current={project}
            projects={projects}
            mayManage={hasScope(scopes, "instance")}
            folded={folded}
          />
        </div>
        <PlaceList folded={folded} scopes={scopes} />
        <div className="space-y-1 border-t border-border p-2">
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
      <MobileBar {...props} />
    </>
  );
}

function MobileBar({ project, projects, scopes, user, theme }: Omit<ShellProps, "folded">) {
  const [open, setOpen] = useState(false);
  return (
    <header className="sticky top-0 z-30 flex h-12 items-center gap-1 border-b border-border bg-card px-3 md:hidden">
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
            <PlaceList folded={false} scopes={scopes} onGo={() => setOpen(false)} />
            <div className="border-t border-border p-2">
              <UserMenu user={user} theme={theme} folded={false} />
            </div>
          </Radix.Content>
        </Radix.Portal>
      </Radix.Root>
      <div className="min-w-0 flex-1 sm:max-w-64">
        <ProjectSwitcher
          current={project}
          projects={projects}
          mayManage={hasScope(scopes, "instance")}
          folded={false}
        />
      </div>
    </header>
  );
}
