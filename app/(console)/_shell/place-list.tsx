"use client";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { isCurrent, PLACES, settingsFor } from "#app/(console)/_shell/places.ts";

/** The links of the sidebar: the rooms, and the settings that the person's scopes open. */
export function PlaceList(props: { folded: boolean; scopes: readonly string[]; onGo?: () => void }) {
  const { folded, scopes, onGo } = props;
  return (
    <nav aria-label="Main" className="min-h-0 flex-1 space-y-0.5 overflow-y-auto p-2">
      <Links places={PLACES} folded={folded} onGo={onGo} />
      {folded ? (
        <hr className="my-2 border-border" />
      ) : (
        <h2 className="px-2.5 pt-4 pb-1 text-xs font-medium text-muted-foreground">Settings</h2>
      )}
      <Links places={settingsFor(scopes)} folded={folded} onGo={onGo} />
    </nav>
  );
}

function Links(props: { places: typeof PLACES; folded: boolean; onGo: (() => void) | undefined }) {
  const { places, folded, onGo } = props;
  const pathname = usePathname();
  return places.map(({ href, label, icon: Icon, key }) => (
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
  ));
}
