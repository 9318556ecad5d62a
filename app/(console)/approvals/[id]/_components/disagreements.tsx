"use client";
import { parseAsInteger, parseAsStringLiteral, useQueryStates } from "nuqs";
import { useState } from "react";
import { Button } from "#app/_ui/button.tsx";
import { Card } from "#app/_ui/card.tsx";
import { cn } from "#app/_ui/cn.ts";
import { DigitImage } from "#app/_ui/digit-image.tsx";
import { count, percent, plural } from "#app/_ui/format.ts";
import { Select } from "#app/_ui/input.tsx";
import type { Comparison, Disagreement } from "#lib/approvals/evidence/schemas.ts";

const KINDS = ["lost", "won", "both_wrong"] as const;
const AT_FIRST = 60;

/** The test images that the two versions read differently, the most confident answers first. */
export function Disagreements(props: {
  disagreements: Comparison["disagreements"];
  candidate: number;
  champion: number | null;
}) {
  const { disagreements, candidate, champion } = props;
  const [search, setSearch] = useQueryStates({ kind: parseAsStringLiteral(KINDS), digit: parseAsInteger });
  const [all, setAll] = useState(false);
  const words: Record<Disagreement["kind"], string> = {
    lost: `only version ${champion} is right`,
    won: `only version ${candidate} is right`,
    both_wrong: "both are wrong",
  };
  const numbers = { lost: disagreements.lost, won: disagreements.won, both_wrong: disagreements.bothWrong };
  const fitting = disagreements.images.filter(
    ({ kind, label }) =>
      (search.kind === null || kind === search.kind) && (search.digit === null || label === search.digit),
  );
  const shown = all ? fitting : fitting.slice(0, AT_FIRST);
  return (
    <Card title="Images that they read differently">
      <search className="mb-4 flex flex-wrap items-center gap-2">
        <fieldset className="flex flex-wrap gap-1">
          <legend className="sr-only">Who is right</legend>
          {KINDS.map((kind) => (
            <button
              key={kind}
              type="button"
              aria-pressed={search.kind === kind}
              onClick={() => void setSearch({ kind: search.kind === kind ? null : kind })}
              className="h-7 rounded-md border border-border bg-card px-2 text-xs font-medium hover:bg-muted aria-pressed:border-primary aria-pressed:bg-accent aria-pressed:text-accent-foreground"
            >
              {words[kind].replace(/^./, (letter) => letter.toUpperCase())} ({count(numbers[kind])})
            </button>
          ))}
        </fieldset>
        <Select
          aria-label="Digit"
          className="w-auto"
          value={search.digit ?? ""}
          onChange={(event) => void setSearch({ digit: event.target.value === "" ? null : Number(event.target.value) })}
        >
          <option value="">Every digit</option>
          {[...Array(10).keys()].map((digit) => (
            <option key={digit} value={digit}>
              Written {digit}
            </option>
          ))}
        </Select>
        <p className="tabular text-xs text-muted-foreground" aria-live="polite">
          {count(fitting.length)} shown
          {disagreements.images.length < disagreements.total &&
            `; kept are the ${disagreements.images.length} most confident of ${count(disagreements.total)}`}
        </p>
      </search>
      {shown.length === 0 ? (
        <p className="text-muted-foreground">
          {disagreements.total === 0 ? "They give the same answer to every image." : "No image fits the filter."}
        </p>
      ) : (
        <ul className="grid grid-cols-[repeat(auto-fill,minmax(7rem,1fr))] gap-x-3 gap-y-4">
          {shown.map((one) => (
            <li key={one.index} className="flex flex-col items-center text-xs">
              <DigitImage
                pixels={one.pixels}
                size={72}
                alt={`Test image ${one.index}, a ${one.label}: version ${candidate} answers ${one.candidate.predicted}, version ${champion} answers ${one.champion.predicted}`}
              />
              <p className="mt-1">
                written <strong>{one.label}</strong>
              </p>
              <AnswerLine version={candidate} answer={one.candidate} label={one.label} />
              {champion !== null && <AnswerLine version={champion} answer={one.champion} label={one.label} />}
            </li>
          ))}
        </ul>
      )}
      {shown.length < fitting.length && (
        <Button className="mt-4" onClick={() => setAll(true)}>
          Show all {plural(fitting.length, "image")}
        </Button>
      )}
    </Card>
  );
}

function AnswerLine(props: { version: number; answer: Disagreement["candidate"]; label: number }) {
  const { version, answer, label } = props;
  const right = answer.predicted === label;
  return (
    <p className="tabular whitespace-nowrap text-muted-foreground">
      v{version}{" "}
      <span className={cn("font-semibold", right ? "text-success" : "text-danger")}>
        {answer.predicted}
        <span aria-hidden> {right ? "✓" : "✗"}</span>
      </span>{" "}
      {percent(answer.confidence, 0)}
    </p>
  );
}
