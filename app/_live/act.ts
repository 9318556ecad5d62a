"use client";
import { toast } from "sonner";
import { ApiFailure } from "#app/_live/api.ts";

/**
 * Does something on behalf of a click and says how it ended. Returns whether it worked.
 * `undo` offers the way back for the 8 seconds that the note stands.
 */
export async function act(
  doIt: () => Promise<unknown>,
  words: { done: string; undo?: { label: string; run(): Promise<unknown> } },
): Promise<boolean> {
  try {
    await doIt();
  } catch (error) {
    tellFailure(error);
    return false;
  }
  const { undo } = words;
  toast.success(
    words.done,
    undo === undefined ? {} : { action: { label: undo.label, onClick: () => void undo.run().catch(tellFailure) } },
  );
  return true;
}

function tellFailure(error: unknown) {
  const failure = error instanceof ApiFailure ? error : null;
  const remedies = failure?.details.map((detail) => `${detail.field}: ${detail.problem}. ${detail.remedy}`) ?? [];
  const reference = failure?.requestId === undefined ? [] : [`Reference ${failure.requestId}`];
  // What moves only by an approval is refused with the way to its request.
  const way = remedies.join(" ").match(/\/approvals\/[\w?=&%.-]*\w/)?.[0];
  toast.error(error instanceof Error ? error.message : "That did not work.", {
    description: [...remedies, ...reference].join(" "),
    duration: 15_000,
    ...(way !== undefined && { action: { label: "Go there", onClick: () => location.assign(way) } }),
  });
}
