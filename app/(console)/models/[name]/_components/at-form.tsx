"use client";
import { parseAsString, useQueryState } from "nuqs";
import { type FormEvent, useTransition } from "react";
import { Button } from "#app/_ui/button.tsx";
import { Input } from "#app/_ui/input.tsx";
import { Label } from "#app/_ui/label.tsx";

/** Asks about another moment; it stands in the address. */
export function AtForm({ at }: { at: string | null }) {
  const [busy, startTransition] = useTransition();
  const [, setAt] = useQueryState(
    "at",
    parseAsString.withOptions({ shallow: false, history: "push", startTransition }),
  );
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const value = String(new FormData(event.currentTarget).get("at") ?? "");
    // The field tells its value as local time; here all times are UTC.
    void setAt(value === "" ? null : `${value.length === 16 ? `${value}:00` : value.slice(0, 19)}Z`);
  };
  return (
    <form key={at} onSubmit={submit} className="flex flex-wrap items-center gap-2 px-4 py-2.5">
      <Label htmlFor="at">At (UTC)</Label>
      <Input
        id="at"
        name="at"
        type="datetime-local"
        step={1}
        required
        className="w-auto"
        defaultValue={at?.slice(0, 19) ?? ""}
      />
      <Button type="submit" disabled={busy}>
        Ask
      </Button>
      {at !== null && (
        <Button variant="ghost" disabled={busy} onClick={() => void setAt(null)}>
          Now
        </Button>
      )}
    </form>
  );
}
