import { ForbiddenError } from "#lib/platform/errors.ts";

/** @param field what the password was called in the input */
export function wrongPassword(field: "password" | "currentPassword"): ForbiddenError {
  return new ForbiddenError("The current password is not right.", {
    code: "wrong_password",
    details: [{ field, problem: "does not match", remedy: "Type it again; wait a minute after several." }],
  });
}
