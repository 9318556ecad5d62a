import { z } from "zod";

/** Browser-safe: the second factor's inputs and replies. */

const Code = z
  .string()
  .trim()
  .min(6)
  .max(20)
  .meta({ description: "Six digits of the authenticator app, or a recovery code. Each works once." });
const Password = z.string().min(1).max(256);

export const ConfirmSecondFactorInput = z.strictObject({ code: Code });
export type ConfirmSecondFactorInput = z.infer<typeof ConfirmSecondFactorInput>;

export const DisableSecondFactorInput = z.strictObject({
  code: Code,
  password: Password.optional().meta({ description: "Needed where the account has one." }),
});
export type DisableSecondFactorInput = z.infer<typeof DisableSecondFactorInput>;

export const ReAuthenticateInput = z
  .strictObject({ password: Password.optional(), code: Code.optional() })
  .refine(({ password, code }) => password !== undefined || code !== undefined, {
    message: "neither a password nor a code",
    params: { remedy: "Send password, code, or both." },
  });
export type ReAuthenticateInput = z.infer<typeof ReAuthenticateInput>;

export const SecondFactorStatus = z
  .object({
    enrolledAt: z.iso.datetime().nullable(),
    recoveryCodesLeft: z.number().int(),
    hasPassword: z.boolean().meta({ description: "False for people that only sign in through a provider." }),
    authenticatedAt: z.iso.datetime().nullable(),
    secondFactorAt: z.iso.datetime().nullable().meta({ description: "When this session last gave a code." }),
  })
  .meta({ id: "SecondFactor" });
export type SecondFactorStatus = z.infer<typeof SecondFactorStatus>;

export const SecondFactorOffer = z
  .object({
    secret: z.string().meta({ description: "Base32, for typing it into an authenticator app." }),
    uri: z.string().meta({ description: "The same as an otpauth:// link." }),
    qrSvg: z.string().meta({ description: "The link as a QR code." }),
  })
  .meta({ id: "SecondFactorOffer" });
export type SecondFactorOffer = z.infer<typeof SecondFactorOffer>;

export const RecoveryCodes = z
  .object({ recoveryCodes: z.array(z.string()).meta({ description: "Shown this once; each works once." }) })
  .meta({ id: "RecoveryCodes" });
export type RecoveryCodes = z.infer<typeof RecoveryCodes>;

export const SessionProof = z
  .object({ authenticatedAt: z.iso.datetime().nullable(), secondFactorAt: z.iso.datetime().nullable() })
  .meta({ id: "SessionProof" });
export type SessionProof = z.infer<typeof SessionProof>;
