import { renderSVG } from "uqr";
import type { SecondFactorOffer } from "#lib/auth/second-factor-schemas.ts";
import { requirePerson, requireRecentProof } from "#lib/auth/step-up.ts";
import { keepPendingSecret } from "#lib/auth/store/second-factors.ts";
import { newTotpSecret, otpauthUri, sealTotpSecret } from "#lib/auth/totp.ts";
import { audit } from "#lib/platform/audit.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { withTransaction } from "#lib/platform/db.ts";
import { ConflictError } from "#lib/platform/errors.ts";

/**
 * Makes a secret for the actor's authenticator app. It counts once a code of it was confirmed; asking again replaces it.
 *
 * @throws ForbiddenError the last proof of who this is was too long ago
 * @throws ConflictError there is a second factor already
 */
export async function offerSecondFactor(ctx: Ctx): Promise<SecondFactorOffer> {
  const actor = requirePerson(ctx);
  requireRecentProof(ctx);
  const secret = newTotpSecret();
  const uri = otpauthUri(secret, actor.email);
  await withTransaction(ctx, async (tx) => {
    if (!(await keepPendingSecret(tx.db, actor.id, sealTotpSecret(secret, actor.id)))) {
      throw new ConflictError("You have a second factor already. Disable it before you set up another.", {
        code: "second_factor_enrolled",
      });
    }
    audit(tx, { chain: "instance", action: "second_factor.offer", subject: `user:${actor.id}`, detail: {} });
  });
  return { secret, uri, qrSvg: renderSVG(uri, { ecc: "M", border: 2 }) };
}
