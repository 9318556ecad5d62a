"use client";
import { useEffect, useState, useSyncExternalStore } from "react";
import { Dialog } from "#app/_ui/dialog.tsx";

/** One key or a sequence of two, such as `g r`. The same list draws the help sheet, so that the two cannot disagree. */
export interface Hotkey {
  keys: string;
  what: string;
  run(): void;
}

const groups = new Map<string, readonly Hotkey[]>();
const watchers = new Set<() => void>();
let snapshot: [string, readonly Hotkey[]][] = [];
const EMPTY: [string, readonly Hotkey[]][] = [];

function publish() {
  snapshot = [...groups];
  for (const watcher of watchers) watcher();
}

/** Binds a page's keys while it is shown. `group` heads them in the sheet. Pass a stable list. */
export function useHotkeys(group: string, hotkeys: readonly Hotkey[]) {
  useEffect(() => {
    groups.set(group, hotkeys);
    publish();
    return () => {
      groups.delete(group);
      publish();
    };
  }, [group, hotkeys]);
}

const TYPING = "input, textarea, select, [contenteditable=true], [role=dialog], [role=alertdialog], [role=menu]";

/** Listens for all bound keys and shows them on `?`. One for the whole console. */
export function HotkeyRoot() {
  const [open, setOpen] = useState(false);
  const listed = useSyncExternalStore(
    (watcher) => {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
    () => snapshot,
    () => EMPTY,
  );

  useEffect(() => {
    let before = "";
    let beforeAt = 0;
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      // A tick box takes no text: the keys of the list go on working after a click on one.
      const target = event.target instanceof Element ? event.target : null;
      const typing = target?.closest(TYPING);
      if (
        typing !== null &&
        typing !== undefined &&
        !(typing instanceof HTMLInputElement && typing.type === "checkbox")
      )
        return;
      if (event.key === "?") {
        event.preventDefault();
        setOpen(true);
        return;
      }
      const sequence = event.timeStamp - beforeAt < 1_000 ? `${before} ${event.key}` : "";
      const all = [...groups.values()].flat();
      const hit = all.find((one) => one.keys === sequence) ?? all.find((one) => one.keys === event.key);
      before = event.key;
      beforeAt = event.timeStamp;
      // Enter and Space on a button or a link belong to that.
      const own = event.key === "Enter" || event.key === " ";
      if (hit === undefined || (own && target?.closest("a, button, summary, input"))) return;
      event.preventDefault();
      hit.run();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);

  return (
    <Dialog open={open} onOpenChange={setOpen} title="Keys">
      {listed.map(([group, hotkeys]) => (
        <section key={group} aria-label={group} className="mb-4 last:mb-0">
          <h3 className="mb-1 text-xs font-medium text-muted-foreground">{group}</h3>
          <dl>
            {hotkeys.map((one) => (
              <div
                key={one.keys}
                className="flex h-8 items-center justify-between border-b border-border last:border-b-0"
              >
                <dt>{one.what}</dt>
                <dd className="flex gap-1">
                  {one.keys.split(" ").map((key, place) => (
                    <kbd
                      key={`${one.keys}-${place === 0 ? "first" : "second"}`}
                      className="rounded-sm border border-border bg-muted px-1.5 text-xs"
                    >
                      {key}
                    </kbd>
                  ))}
                </dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </Dialog>
  );
}
