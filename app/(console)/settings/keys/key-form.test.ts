import { expect, test } from "vitest";
import { bodyOf } from "#app/(console)/settings/keys/key-form.ts";
import { CreateApiKeyInput } from "#lib/auth/schemas.ts";

const now = new Date("2026-01-02T03:04:05.000Z");

test("a form with everything becomes what the API takes", () => {
  const form = new FormData();
  for (const [name, value] of [
    ["name", " nightly "],
    ["scopes", "registry:read"],
    ["scopes", "tracking:write"],
    ["scopes", "no:such"],
    ["models", "digits"],
    ["deployments", "default"],
    ["deployments", "shadow"],
    ["perSecond", "5"],
    ["expiry", "30"],
    ["serviceAccount", "svc_1"],
  ] as const) {
    form.append(name, value);
  }
  const body = bodyOf(form, now);
  expect(CreateApiKeyInput.safeParse(body).success).toBe(true);
  expect(body).toEqual({
    name: "nightly",
    scopes: ["tracking:write", "registry:read"],
    models: ["digits"],
    deployments: ["default", "shadow"],
    perSecond: 5,
    expiresAt: "2026-02-01T03:04:05.000Z",
    serviceAccount: "svc_1",
  });
});

test("what is left empty is left out", () => {
  const form = new FormData();
  form.append("name", "a");
  form.append("scopes", "admin");
  form.append("expiry", "");
  form.append("perSecond", "");
  expect(bodyOf(form, now)).toEqual({ name: "a", scopes: ["admin"], models: [], deployments: [] });
});
