"use client";
import { ChevronRight } from "lucide-react";
import type { FormEvent } from "react";
import { Button } from "#app/_ui/button.tsx";
import { Input } from "#app/_ui/input.tsx";
import { describedBy, Field } from "#app/_ui/label.tsx";
import { FILTER_WORDS } from "#app/(console)/audit/_components/words.ts";
import type { AuditSearch, Filter } from "#app/(console)/audit/search.ts";

const HINTS: Partial<Record<Filter, string>> = {
  actor: "user:usr_… or system:",
  subject: "version:digits/3, or its start",
  requestId: "as replies and logs name it",
  from: "UTC",
  to: "UTC",
  ip: "of the caller",
};
const isTime = (name: Filter) => name === "from" || name === "to";

/** Exact filters, sent together. Open from the start when one of them is set. */
export function MoreFilters(props: {
  fields: readonly Filter[];
  search: AuditSearch;
  onChange(change: Partial<Record<Filter, string | null>>): void;
}) {
  const { fields, search, onChange } = props;
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const read = (name: Filter) => String(form.get(name) ?? "").trim();
    onChange(Object.fromEntries(fields.map((name) => [name, (isTime(name) ? toIso : String)(read(name)) || null])));
  };
  return (
    <details className="group" open={fields.some((name) => search[name] !== "")}>
      <summary className="flex h-8 w-fit cursor-pointer list-none items-center gap-1 rounded-md px-1 text-sm font-medium">
        <ChevronRight className="size-4 transition-transform group-open:rotate-90" aria-hidden />
        More filters
      </summary>
      <form
        key={fields.map((name) => search[name]).join("\n")}
        onSubmit={submit}
        className="mt-2 grid gap-3 sm:grid-cols-2 lg:grid-cols-[repeat(5,minmax(0,1fr))_auto]"
      >
        {fields.map((name) => {
          const id = `filter-${name}`;
          return (
            <Field key={name} id={id} label={FILTER_WORDS[name]} hint={HINTS[name]}>
              <Input
                id={id}
                name={name}
                aria-describedby={describedBy(id)}
                type={isTime(name) ? "datetime-local" : "text"}
                defaultValue={isTime(name) ? search[name].slice(0, 16) : search[name]}
              />
            </Field>
          );
        })}
        <div className="lg:pt-6">
          <Button type="submit">Apply</Button>
        </div>
      </form>
    </details>
  );
}

/** A field's local time is taken for UTC, as everything here is told. */
function toIso(value: string): string {
  return value === "" ? "" : `${value.slice(0, 16)}:00Z`;
}
