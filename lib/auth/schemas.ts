import { z } from "zod";
import { SCOPES } from "#lib/auth/scopes.ts";

export const MIN_PASSWORD_LENGTH = 12;

const Email = z.email("must be an e-mail address").max(254).toLowerCase();

/** A password that is being set. Long ones are fine, composition rules are not. */
const NewPassword = z
  .string()
  .min(MIN_PASSWORD_LENGTH, `has to have at least ${MIN_PASSWORD_LENGTH} characters`)
  .max(256, "has to have at most 256 characters");

export const SignInInput = z.strictObject({
  email: Email,
  password: z.string().min(1).max(256),
});
export type SignInInput = z.infer<typeof SignInInput>;

export const ChangePasswordInput = z.strictObject({
  currentPassword: z.string().min(1).max(256),
  newPassword: NewPassword,
});
export type ChangePasswordInput = z.infer<typeof ChangePasswordInput>;

export const CreateApiKeyInput = z.strictObject({
  name: z.string().trim().min(1).max(100),
  scopes: z.array(z.enum(SCOPES)).min(1).max(SCOPES.length),
  expiresAt: z.iso.datetime().optional().meta({ description: "Never, when absent." }),
});
export type CreateApiKeyInput = z.infer<typeof CreateApiKeyInput>;

export const ApiKeySummary = z
  .object({
    id: z.string(),
    name: z.string(),
    prefix: z.string().meta({ description: "How the key begins; the rest is not kept." }),
    scopes: z.array(z.string()),
    createdBy: z.string().nullable(),
    createdAt: z.iso.datetime(),
    expiresAt: z.iso.datetime().nullable(),
    revokedAt: z.iso.datetime().nullable(),
    lastUsedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: "ApiKey" });
export type ApiKeySummary = z.infer<typeof ApiKeySummary>;

export const CreatedApiKey = ApiKeySummary.extend({
  key: z.string().meta({ description: "Shown this once." }),
}).meta({ id: "CreatedApiKey" });
export type CreatedApiKey = z.infer<typeof CreatedApiKey>;

export const SessionSummary = z
  .object({
    id: z.string(),
    current: z.boolean(),
    createdAt: z.iso.datetime(),
    lastSeenAt: z.iso.datetime(),
    expiresAt: z.iso.datetime(),
    ip: z.string().nullable(),
    userAgent: z.string().nullable(),
  })
  .meta({ id: "Session" });
export type SessionSummary = z.infer<typeof SessionSummary>;

export const Me = z
  .object({
    type: z.enum(["user", "apiKey"]),
    id: z.string(),
    name: z.string(),
    email: z.string().nullable(),
    scopes: z.array(z.string()),
    projectId: z.string(),
  })
  .meta({ id: "Me" });
