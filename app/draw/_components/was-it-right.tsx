"use client";
import { useEffect, useRef, useState } from "react";
import { ApiFailure, call } from "#app/_live/api.ts";
import { Button } from "#app/_ui/button.tsx";
import { FeedbackDone } from "#lib/serving/feedback/schemas.ts";

type Step = { name: "asking" } | { name: "choosing" } | { name: "thanked"; label: number };

const DIGITS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] as const;

/** Asks whether an answer was right, and else which digit it is; what was said can be taken back. One for each request. */
export function WasItRight({ requestId, prediction, sure }: { requestId: string; prediction: number; sure: boolean }) {
  const [step, setStep] = useState<Step>({ name: "asking" });
  const [sending, setSending] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const box = useRef<HTMLFieldSetElement>(null);
  const moved = useRef(false);

  // The button that was pressed is gone: the focus goes on to the first of the new ones.
  useEffect(() => {
    if (moved.current && step) box.current?.querySelector("button")?.focus();
    moved.current = false;
  }, [step]);

  const go = (next: Step) => {
    moved.current = true;
    setProblem(null);
    setStep(next);
  };
  const say = async (label: number | null) => {
    if (sending) return;
    setSending(true);
    try {
      await call("POST", "/feedback", { reply: FeedbackDone, body: { requestId, label } });
      go(label === null ? { name: "asking" } : { name: "thanked", label });
    } catch (error) {
      setProblem(error instanceof ApiFailure ? error.message : "It could not be sent.");
    } finally {
      setSending(false);
    }
  };

  const question = sure ? "Was this right?" : `Is it a ${prediction}?`;
  const told = step.name === "thanked" ? `Thanks: noted as a ${step.label}.` : (problem ?? "");
  return (
    <fieldset ref={box} aria-busy={sending} className="flex flex-wrap items-center gap-x-2 gap-y-1">
      <legend className="sr-only">{step.name === "choosing" ? "Which digit is it?" : question}</legend>
      {step.name === "asking" && (
        <>
          <span aria-hidden>{question}</span>
          <Button onClick={() => void say(prediction)}>Yes</Button>
          <Button onClick={() => go({ name: "choosing" })}>No</Button>
        </>
      )}
      {step.name === "choosing" && (
        <>
          <span aria-hidden>Which digit is it?</span>
          <span className="flex flex-wrap gap-1">
            {DIGITS.filter((digit) => digit !== prediction).map((digit) => (
              <Button key={digit} onClick={() => void say(digit)} className="min-w-8 px-0 font-mono">
                {digit}
              </Button>
            ))}
          </span>
          <Button onClick={() => go({ name: "asking" })}>Back</Button>
        </>
      )}
      <span aria-live="polite" className={problem === null ? "" : "text-danger"}>
        {told}
      </span>
      {step.name === "thanked" && <Button onClick={() => void say(null)}>Take it back</Button>}
    </fieldset>
  );
}
