import { SMTPServer } from "smtp-server";
import { afterAll, expect } from "vitest";
import { invite } from "#lib/auth/invite.ts";
import { mailInvitation } from "#lib/auth/mail-invitation.ts";
import type { Runtime } from "#lib/platform/runtime.ts";
import { pgTest } from "#lib/testing/pg.ts";

const taken: { to: string | undefined; source: string }[] = [];
let refuses = false;
const server = new SMTPServer({
  authOptional: true,
  disabledCommands: ["STARTTLS"],
  onData(stream, session, done) {
    const chunks: Buffer[] = [];
    stream.on("data", (chunk: Buffer) => chunks.push(chunk));
    stream.on("end", () => {
      if (refuses) return done(Object.assign(new Error("no such mailbox"), { responseCode: 550 }));
      const source = Buffer.concat(chunks).toString("utf8").replace(/=\r\n/g, "");
      taken.push({ to: session.envelope.rcptTo[0]?.address, source });
      done();
    });
  },
});
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));

afterAll(() => new Promise<void>((resolve) => server.close(() => resolve())));

function withMail(runtime: Runtime): void {
  const address = server.server.address();
  if (address === null || typeof address === "string") throw new Error("the mail server has no port");
  runtime.env.ASSAY_SMTP_URL = `smtp://127.0.0.1:${address.port}`;
  runtime.env.ASSAY_PUBLIC_URL = "https://assay.example.org";
}

pgTest("an invitation's link is mailed to whom it is for, and is kept nowhere", async ({ ctx, db, runtime }) => {
  const invitation = await invite(ctx, { email: "new@example.org", role: "reviewer" });
  expect(await mailInvitation(ctx, invitation)).toBeUndefined();

  withMail(runtime);
  expect(await mailInvitation(ctx, invitation)).toBe(true);
  expect(taken).toHaveLength(1);
  expect(taken[0]?.to).toBe("new@example.org");
  expect(taken[0]?.source).toContain(`https://assay.example.org/invite#${invitation.token}`);
  expect(JSON.stringify(await db.outbox.findMany(), (_, value) => String(value))).not.toContain(invitation.token);
  expect(await db.notice.count()).toBe(0);

  refuses = true;
  expect(await mailInvitation(ctx, invitation)).toBe(false);
});
