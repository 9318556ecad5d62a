import { z } from "@hono/zod-openapi";
import { type ErrorDetail, InvalidError } from "#lib/platform/errors.ts";
import { requireStorable } from "#lib/platform/http/storable.ts";

const MAX_DETAILS = 20;

/** An object schema that says nothing about unknown fields refuses them. */
export function strict(schema: z.ZodType): z.ZodType {
  return schema instanceof z.ZodObject && schema.def.catchall === undefined ? schema.strict() : schema;
}

/**
 * Parses a part of a request.
 *
 * @param where `body`, `query` or `path`: what a fault without a path is called
 * @throws InvalidError with one detail per fault
 */
export function parsePart(schema: z.ZodType, value: unknown, where: "body" | "query" | "path"): unknown {
  const parsed = schema.safeParse(value);
  if (parsed.success) {
    requireStorable(value, where);
    return parsed.data;
  }
  const details = detailsOf(parsed.error.issues, where).slice(0, MAX_DETAILS);
  const first = details[0];
  throw new InvalidError(
    first === undefined ? `The ${where} is not valid.` : `The ${where} is not valid: ${first.field}: ${first.problem}`,
    { details },
  );
}

/** Zod's issues in our words. A schema may name its own remedy: `.refine(…, { params: { remedy } })`. */
function detailsOf(issues: readonly z.core.$ZodIssue[], where: string): ErrorDetail[] {
  return issues.flatMap((issue): ErrorDetail[] => {
    const field = fieldName(issue.path) || where;
    switch (issue.code) {
      case "unrecognized_keys":
        return issue.keys.map((key) => ({
          field: fieldName([...issue.path, key]),
          problem: "unknown field",
          remedy: "Remove it, or check its spelling in /api-reference.",
        }));
      case "invalid_union": {
        const branches = issue.errors.filter((branch) => branch.length > 0);
        const nearest = branches.sort((a, b) => a.length - b.length)[0];
        if (nearest === undefined) {
          return [{ field, problem: issue.message, remedy: "See /api-reference for the forms that are taken." }];
        }
        const inner = nearest.map((nested) => ({ ...nested, path: [...issue.path, ...nested.path] }));
        return detailsOf(inner as z.core.$ZodIssue[], where);
      }
      case "invalid_type":
        return [{ field, problem: issue.message, remedy: `Send a value of type ${issue.expected}.` }];
      case "invalid_value":
        return [{ field, problem: issue.message, remedy: `Send one of: ${issue.values.map(String).join(", ")}.` }];
      case "too_small":
        return [{ field, problem: issue.message, remedy: `The least is ${String(issue.minimum)}.` }];
      case "too_big":
        return [{ field, problem: issue.message, remedy: `The most is ${String(issue.maximum)}.` }];
      case "custom": {
        const remedy: unknown = issue.params?.["remedy"];
        return [{ field, problem: issue.message, remedy: typeof remedy === "string" ? remedy : "Mend this field." }];
      }
      default:
        return [{ field, problem: issue.message, remedy: "See /api-reference for what is taken." }];
    }
  });
}

/** `pixels[3].x` from a path. */
function fieldName(path: readonly PropertyKey[]): string {
  return path.reduce<string>((name, part) => {
    if (typeof part === "number") return `${name}[${part}]`;
    return name === "" ? String(part) : `${name}.${String(part)}`;
  }, "");
}
