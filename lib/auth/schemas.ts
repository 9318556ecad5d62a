import { z } from "zod";
import { ROLES, SCOPES } from "#lib/auth/scopes.ts";

/** Browser-safe: what the room takes and gives. */

export const MIN_PASSWORD_LENGTH = 12;
export const INVITATION_DAYS = 7;

const isoDate = z.iso.datetime();
const Email = z.email("must be an e-mail address").max(254).toLowerCase();
const RoleSchema = z.enum(ROLES);
const PersonName = z.string().trim().min(1).max(100);

/** Rare extra rights in a project, beside the role. `emergency`: break glass. */
const GRANTS = ["emergency"] as const;
const Grants = z
  .array(z.enum(GRANTS))
  .max(GRANTS.length)
  .meta({ description: "Rare extra rights, such as emergency: to break glass." });

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

/** As a project stands in URLs and headers. */
export const ProjectId = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/, "has lower-case letters, digits and hyphens, at most 40")
  .meta({ description: "Chosen once; it stands in URLs and in X-Assay-Project.", example: "fraud-team" });

export const Project = z
  .object({
    id: z.string(),
    name: z.string(),
    description: z.string(),
    role: RoleSchema.nullable().meta({ description: "Yours in it; an instance admin is admin everywhere." }),
    grants: z.array(z.string()),
    current: z.boolean().meta({ description: "The one that this request is about." }),
    createdAt: isoDate,
    archivedAt: isoDate.nullable(),
  })
  .meta({ id: "Project" });
export type Project = z.infer<typeof Project>;

export const CreateProjectInput = z.strictObject({
  id: ProjectId,
  name: z.string().trim().min(1).max(100),
  description: z.string().trim().max(1_000).default(""),
});
export type CreateProjectInput = z.input<typeof CreateProjectInput>;

export const UpdateProjectInput = z.strictObject({
  name: z.string().trim().min(1).max(100).optional(),
  description: z.string().trim().max(1_000).optional(),
  archived: z
    .boolean()
    .optional()
    .meta({ description: "An archived project answers nobody until it is restored. Needs the scope instance." }),
});
export type UpdateProjectInput = z.infer<typeof UpdateProjectInput>;

export const Member = z
  .object({
    userId: z.string(),
    name: z.string(),
    email: z.string().nullable().meta({ description: "Null for a service account." }),
    kind: z.enum(["person", "service"]),
    role: RoleSchema,
    grants: z.array(z.string()),
    source: z.enum(["manual", "oidc", "instance"]).meta({
      description: "oidc: from the provider's groups at each sign-in; instance: an admin of the instance.",
    }),
    disabled: z.boolean(),
    secondFactor: z.boolean().meta({ description: "Whether a second factor is enrolled." }),
    since: isoDate,
  })
  .meta({ id: "Member" });
export type Member = z.infer<typeof Member>;

export const SetMemberInput = z.strictObject({ role: RoleSchema, grants: Grants.optional() });
export type SetMemberInput = z.infer<typeof SetMemberInput>;

export const User = z
  .object({
    id: z.string(),
    email: z.string(),
    name: z.string(),
    role: z.enum(["admin", "user"]).meta({ description: "Of the instance; an admin is admin of every project." }),
    disabledAt: isoDate.nullable(),
    secondFactor: z.boolean(),
    signsInBy: z.array(z.enum(["password", "oidc"])),
    lastSignInAt: isoDate.nullable(),
    createdAt: isoDate,
    memberships: z.array(z.object({ projectId: z.string(), role: RoleSchema })),
  })
  .meta({ id: "User" });
export type User = z.infer<typeof User>;

export const UpdateUserInput = z.strictObject({
  role: z.enum(["admin", "user"]).optional(),
  disabled: z.boolean().optional().meta({ description: "Ends its sessions and keys at once." }),
});
export type UpdateUserInput = z.infer<typeof UpdateUserInput>;

export const ServiceAccount = z
  .object({
    id: z.string(),
    name: z.string(),
    role: RoleSchema,
    disabledAt: isoDate.nullable(),
    keys: z.int().min(0).meta({ description: "Keys that still hold." }),
    createdAt: isoDate,
  })
  .meta({ id: "ServiceAccount" });
export type ServiceAccount = z.infer<typeof ServiceAccount>;

export const CreateServiceAccountInput = z.strictObject({ name: PersonName, role: RoleSchema });
export type CreateServiceAccountInput = z.infer<typeof CreateServiceAccountInput>;

export const UpdateServiceAccountInput = z.strictObject({ disabled: z.boolean() });
export type UpdateServiceAccountInput = z.infer<typeof UpdateServiceAccountInput>;

export const Invitation = z
  .object({
    id: z.string(),
    email: z.string(),
    role: RoleSchema,
    invitedBy: z.string(),
    createdAt: isoDate,
    expiresAt: isoDate,
    state: z.enum(["open", "accepted", "revoked", "expired"]),
    acceptedAt: isoDate.nullable(),
  })
  .meta({ id: "Invitation" });
export type Invitation = z.infer<typeof Invitation>;

export const InviteInput = z.strictObject({ email: Email, role: RoleSchema });
export type InviteInput = z.infer<typeof InviteInput>;

export const CreatedInvitation = Invitation.extend({
  token: z.string().meta({ description: "Shown this once." }),
  path: z.string().meta({ description: "The link's path: /invite#token, so that the token reaches no log." }),
  mailed: z
    .boolean()
    .optional()
    .meta({ description: "The mail server took the link; absent where no mail is set up." }),
}).meta({ id: "CreatedInvitation" });
export type CreatedInvitation = z.infer<typeof CreatedInvitation>;

const InvitationToken = z.string().min(20).max(200);
export const LookUpInvitationInput = z.strictObject({ token: InvitationToken });
export type LookUpInvitationInput = z.infer<typeof LookUpInvitationInput>;

/** What a link's holder may know before accepting. */
export const OpenInvitation = z
  .object({
    email: z.string(),
    projectName: z.string(),
    role: RoleSchema,
    expiresAt: isoDate,
    hasAccount: z.boolean().meta({ description: "Whether to sign in first instead of choosing a password." }),
  })
  .meta({ id: "OpenInvitation" });
export type OpenInvitation = z.infer<typeof OpenInvitation>;

export const AcceptInvitationInput = z.strictObject({
  token: InvitationToken,
  name: PersonName,
  password: NewPassword,
});
export type AcceptInvitationInput = z.infer<typeof AcceptInvitationInput>;

export const AcceptedInvitation = z
  .object({ userId: z.string(), email: z.string(), projectId: z.string(), role: RoleSchema })
  .meta({ id: "AcceptedInvitation" });
export type AcceptedInvitation = z.infer<typeof AcceptedInvitation>;

const Names = z.array(z.string().min(1).max(128)).max(50);

export const CreateApiKeyInput = z.strictObject({
  name: z.string().trim().min(1).max(100),
  scopes: z.array(z.enum(SCOPES)).min(1).max(SCOPES.length).meta({ description: "At most your own." }),
  models: Names.default([]).meta({ description: "Confines the key to these models; empty: all." }),
  deployments: Names.default([]).meta({ description: "Confines the key to these deployments; empty: all." }),
  perSecond: z.int().min(1).max(100_000).optional().meta({ description: "Requests a second; no limit when absent." }),
  expiresAt: isoDate.optional().meta({ description: "Never, when absent." }),
  serviceAccount: z
    .string()
    .max(100)
    .optional()
    .meta({ description: "The service account that the key is for; yourself when absent. Needs the scope admin." }),
});
export type CreateApiKeyInput = z.input<typeof CreateApiKeyInput>;

export const ApiKeySummary = z
  .object({
    id: z.string(),
    name: z.string(),
    prefix: z.string().meta({ description: "How the key begins; the rest is not kept." }),
    scopes: z.array(z.string()),
    owner: z
      .object({ id: z.string(), name: z.string(), kind: z.enum(["person", "service"]) })
      .nullable()
      .meta({ description: "Whose role bounds the key; null for the bootstrap key and those it made." }),
    models: z.array(z.string()),
    deployments: z.array(z.string()),
    perSecond: z.int().nullable(),
    createdBy: z.string().nullable(),
    createdAt: isoDate,
    expiresAt: isoDate.nullable(),
    revokedAt: isoDate.nullable(),
    lastUsedAt: isoDate.nullable(),
  })
  .meta({ id: "ApiKey" });
export type ApiKeySummary = z.infer<typeof ApiKeySummary>;

export const CreatedApiKey = ApiKeySummary.extend({
  key: z.string().meta({ description: "Shown this once." }),
}).meta({ id: "CreatedApiKey" });
export type CreatedApiKey = z.infer<typeof CreatedApiKey>;

export const ApiKeyQuery = z.strictObject({
  q: z.string().trim().max(100).optional().meta({ description: "Part of the name, or how the key begins." }),
  mine: z.enum(["true", "false"]).optional().meta({ description: "Only your own, also as an admin." }),
});
export const SessionSummary = z
  .object({
    id: z.string(),
    current: z.boolean(),
    method: z.enum(["password", "oidc"]),
    createdAt: isoDate,
    lastSeenAt: isoDate,
    expiresAt: isoDate,
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
    userId: z.string().nullable().meta({ description: "The person or service account behind a key." }),
    scopes: z.array(z.string()),
    role: RoleSchema.nullable(),
    grants: z.array(z.string()),
    projectId: z.string().meta({ description: "Empty for a person who is in no project." }),
  })
  .meta({ id: "Me" });
