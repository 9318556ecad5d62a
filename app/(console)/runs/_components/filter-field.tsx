"use client";
import { useId, useState } from "react";
import { cn } from "#app/_ui/cn.ts";
import { Input } from "#app/_ui/input.tsx";
import { describedBy } from "#app/_ui/label.tsx";

/** A filter in MLflow's words. It is sent by Enter or when the field is left, as half a comparison is none. */
export function FilterField(props: { value: string; error: string | undefined; onChange(filter: string): void }) {
  const { value, error, onChange } = props;
  const id = useId();
  const [text, setText] = useState(value);
  const [sent, setSent] = useState(value);
  // Back, forward and "show all" change the address from outside.
  if (sent !== value) {
    setText(value);
    setSent(value);
  }
  const send = () => {
    if (text.trim() === value) return;
    onChange(text.trim());
  };
  return (
    <form
      className="w-full space-y-1"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <Input
        id={id}
        aria-label="Filter runs by metrics, params, tags and attributes"
        aria-describedby={describedBy(id)}
        aria-invalid={error !== undefined}
        autoComplete="off"
        spellCheck={false}
        maxLength={10_000}
        placeholder="metrics.test_accuracy > 0.98 AND params.epochs = '5'"
        className="font-mono text-xs"
        value={text}
        onChange={(event) => setText(event.target.value)}
        onBlur={send}
      />
      <p id={describedBy(id)} className={cn("text-xs", error === undefined ? "sr-only" : "text-danger")}>
        {error ?? "Comparisons with AND, OR and parentheses, as in MLflow’s searches. Enter applies them."}
      </p>
    </form>
  );
}
