"use client";
import { Search } from "lucide-react";
import { useEffect, useMemo, useRef, useState } from "react";
import { useHotkeys } from "#app/_ui/hotkeys.tsx";
import { Input } from "#app/_ui/input.tsx";

/** Text that narrows a list. It is passed on 250 ms after the last key; `/` leads to it. */
export function SearchField(props: {
  label: string;
  placeholder: string;
  value: string;
  onChange(text: string): void;
}) {
  const { label, placeholder, value, onChange } = props;
  const field = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(value);
  const [sent, setSent] = useState(value);
  // Back, forward and "show all" change the value from outside.
  if (sent !== value && text === sent) {
    setText(value);
    setSent(value);
  }
  useEffect(() => {
    if (text === sent) return undefined;
    const timer = setTimeout(() => {
      setSent(text);
      onChange(text);
    }, 250);
    return () => clearTimeout(timer);
  });
  useHotkeys(
    "List",
    useMemo(() => [{ keys: "/", what: label, run: () => field.current?.focus() }], [label]),
  );
  return (
    <search className="relative w-full sm:w-80">
      <Search className="pointer-events-none absolute top-2 left-2.5 size-4 text-muted-foreground" aria-hidden />
      <Input
        ref={field}
        type="search"
        aria-label={label}
        aria-keyshortcuts="/"
        placeholder={`${placeholder} ( / )`}
        className="pl-8"
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => event.key === "Escape" && event.currentTarget.blur()}
      />
    </search>
  );
}
