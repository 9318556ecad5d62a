import { UnauthenticatedError } from "#lib/platform/errors.ts";

/**
 * The API key of an Authorization header: Bearer's, or a part of Basic's pair.
 *
 * @throws UnauthenticatedError neither Bearer nor Basic
 */
export function keyOf(authorization: string): string {
  const space = authorization.indexOf(" ");
  const scheme = authorization.slice(0, space).toLowerCase();
  const value = authorization.slice(space + 1).trim();
  if (scheme === "bearer" && value !== "") return value;
  if (scheme === "basic") {
    const pair = Buffer.from(value, "base64").toString("utf8");
    const colon = pair.indexOf(":");
    const password = pair.slice(colon + 1);
    // curl -u <key>: sends the key as the name, mlflow's client as the password.
    const key = password === "" ? pair.slice(0, colon) : password;
    if (colon !== -1 && key !== "") return key;
  }
  throw new UnauthenticatedError("The Authorization header is neither Bearer nor Basic.", {
    code: "invalid_authorization",
    details: [{ field: "Authorization", problem: "not understood", remedy: "Send `Authorization: Bearer <API key>`." }],
  });
}
