import type { CreatedInvitation } from "#lib/auth/schemas.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { messageOf } from "#lib/platform/errors.ts";
import { layOut, openMailer, publicUrlOf } from "#lib/platform/mail.ts";
import { getRuntime } from "#lib/platform/runtime.ts";

/** Longer than this nobody waits for the reply; the mail may still arrive. */
const PATIENCE_MS = 8_000;

/**
 * Mails an invitation's link to whom it is for, where ASSAY_SMTP_URL is set. Called after the invitation is committed, by
 * whoever holds its token: the link is kept nowhere, so it is neither queued nor tried again, and whoever invites has it.
 *
 * @returns whether the mail server took it; undefined where no mail is set up
 */
export async function mailInvitation(ctx: Ctx, invitation: CreatedInvitation): Promise<boolean | undefined> {
  const { env } = getRuntime();
  const mailer = openMailer(env);
  if (mailer === null) return undefined;
  const by = ctx.actor.type === "user" ? ctx.actor.name : "An administrator";
  const project = ctx.projectId;
  const letter = {
    title: `You are invited to ${project} on Assay`,
    paragraphs: [`${by} invites you to the project ${project} as ${invitation.role}.`],
    facts: [{ label: "Valid until", value: `${invitation.expiresAt.slice(0, 10)}, once` }],
    action: { label: "Accept", url: `${publicUrlOf(env)}${invitation.path}` },
    footer: "If you do not know what this is about, ignore it: nothing happens without you.",
  };
  const sending = mailer
    .send({ id: invitation.id, to: invitation.email, subject: `[Assay] ${letter.title}`, ...layOut(letter) })
    .then(
      () => true,
      (error: unknown) => {
        ctx.logger.warn({ invitation: invitation.id, error: messageOf(error) }, "an invitation was not mailed");
        return false;
      },
    );
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), PATIENCE_MS);
  });
  return Promise.race([sending, patience]).finally(() => clearTimeout(timer));
}
