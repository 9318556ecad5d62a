import type { z } from "zod";

/** The faults of a form by the last part of their path: `spec.epochs` is shown at `epochs`. */
export function faultsOf(error: z.ZodError): Record<string, string> {
  const faults: Record<string, string> = {};
  for (const issue of error.issues) {
    const field = String(issue.path.at(-1) ?? "form");
    faults[field] ??= issue.message;
  }
  return faults;
}
