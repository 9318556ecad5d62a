import { z } from "zod";
import { InvalidError } from "#lib/platform/errors.ts";
import { missingParameter } from "#lib/platform/http/mlflow-fault.ts";

/** What the wire's messages are made of. Unknown fields are ignored, as protocol buffers do. */

/** A text that has to be there; empty counts as absent. */
export function requiredText(name: string) {
  const error = (issue: { input?: unknown }) =>
    issue.input === undefined || issue.input === null || issue.input === "" ? missingParameter(name) : undefined;
  return z.string({ error }).min(1, { error });
}

/** int64: a number, or its digits as text, as JSON of protocol buffers writes it. */
export const Int64 = z.union([
  z.int(),
  z
    .string()
    .regex(/^-?[0-9]{1,16}$/, "must be a whole number")
    .transform(Number)
    .pipe(z.int()),
]);

/** An id that clients send as text; a number is taken for its digits. */
export const IdText = z.union([z.string(), z.int().transform(String)]);

/** `{ key, value }`; a value that is absent is empty. */
export const Entry = z.looseObject({ key: requiredText("key"), value: z.string().default("") });
export const Entries = z.array(Entry).default([]);

/** A later entry of a key wins. */
export function toRecord(entries: readonly { key: string; value: string }[]): Record<string, string> {
  return Object.fromEntries(entries.map(({ key, value }) => [key, value]));
}

export function toEntries(record: Record<string, string>): { key: string; value: string }[] {
  return Object.entries(record).map(([key, value]) => ({ key, value }));
}

/** Whatever names a run: `run_uuid` is the older word. */
export const RunRef = { run_id: z.string().optional(), run_uuid: z.string().optional() };

/** @throws InvalidError neither is there */
export function runIdOf(message: { run_id?: string | undefined; run_uuid?: string | undefined }): string {
  const id = message.run_id || message.run_uuid;
  if (id) return id;
  const problem = missingParameter("run_id");
  throw new InvalidError(problem, {
    details: [{ field: "run_id", problem, remedy: "Send the run's id." }],
  });
}

/** Repeated fields that are empty are left out. */
export function unlessEmpty<T>(name: string, items: T[]): { [name: string]: T[] } {
  return items.length === 0 ? {} : { [name]: items };
}

/** The reply of whatever has nothing to say. */
export const Nothing = z.object({});
