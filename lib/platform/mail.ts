import { createTransport } from "nodemailer";
import type { BaseEnv } from "#lib/platform/env.ts";
import { InvalidError, messageOf, UnavailableError } from "#lib/platform/errors.ts";

interface Mail {
  to: string;
  subject: string;
  text: string;
  html: string;
  /** Names the message: sent twice under one id, mail programs show it once. Letters, digits, `_` and `-`. */
  id: string;
}

export interface Mailer {
  /**
   * @throws InvalidError     `mail_refused`: the server refuses this message for good
   * @throws UnavailableError `mail_failed`: no server, or not now; may be tried again
   */
  send(mail: Mail): Promise<void>;
}

type MailEnv = Pick<BaseEnv, "ASSAY_SMTP_URL" | "ASSAY_MAIL_FROM" | "ASSAY_PUBLIC_URL" | "PORT">;

const CONNECT_MS = 10_000;
const SILENCE_MS = 20_000;

/** Sends by SMTP, a connection a message. Null where no ASSAY_SMTP_URL is set. */
export function openMailer(env: MailEnv): Mailer | null {
  if (env.ASSAY_SMTP_URL === undefined) return null;
  const host = new URL(publicUrlOf(env)).hostname;
  const from = env.ASSAY_MAIL_FROM ?? `Assay <assay@${host}>`;
  const transport = createTransport({
    url: env.ASSAY_SMTP_URL,
    connectionTimeout: CONNECT_MS,
    greetingTimeout: CONNECT_MS,
    socketTimeout: SILENCE_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    async send({ id, to, subject, text, html }) {
      try {
        await transport.sendMail({
          from,
          // As an object: what is in an address cannot add another one.
          to: { name: "", address: to },
          subject,
          text,
          html,
          messageId: `<${id}@${host}>`,
          headers: { "Auto-Submitted": "auto-generated" },
        });
      } catch (cause) {
        throw mailError(cause);
      }
    },
  };
}

/** Where people reach Assay, without a slash at the end. Unset, that is this machine. */
export function publicUrlOf(env: Pick<BaseEnv, "ASSAY_PUBLIC_URL" | "PORT">): string {
  return (env.ASSAY_PUBLIC_URL ?? `http://localhost:${env.PORT}`).replace(/\/+$/, "");
}

/** 5xx is the server's last word about this message; but for the sign-in, which an operator can mend. */
function mailError(cause: unknown): InvalidError | UnavailableError {
  const isFinal =
    cause instanceof Error &&
    "responseCode" in cause &&
    typeof cause.responseCode === "number" &&
    cause.responseCode >= 500 &&
    !("code" in cause && cause.code === "EAUTH");
  return isFinal
    ? new InvalidError(`The mail server refuses the message: ${messageOf(cause)}`, { code: "mail_refused", cause })
    : new UnavailableError(`The mail could not be handed over: ${messageOf(cause)}`, { code: "mail_failed", cause });
}

/** A message as people read it: a title, paragraphs, facts, one thing to do. Plain text; `layOut` escapes it. */
export interface Letter {
  title: string;
  paragraphs: readonly string[];
  facts: readonly { label: string; value: string }[];
  action: { label: string; url: string };
  /** Why they get it. */
  footer: string;
}

/** The letter as text and as HTML that mail programs show without loading anything. */
export function layOut(letter: Letter): { text: string; html: string } {
  const { title, paragraphs, facts, action, footer } = letter;
  const text = [
    title,
    ...paragraphs,
    facts.map(({ label, value }) => `${label}: ${value}`).join("\n"),
    `${action.label}: ${action.url}`,
    `-- \n${footer}`,
  ]
    .filter((part) => part !== "")
    .join("\n\n");
  const rows = facts.map(
    ({ label, value }) =>
      `<tr><td style="padding:2px 16px 2px 0;color:#5f6673;vertical-align:top">${escapeHtml(label)}</td><td style="padding:2px 0">${escapeHtml(value)}</td></tr>`,
  );
  const html = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(title)}</title></head>
<body style="margin:0;padding:24px;font:15px/1.5 system-ui,sans-serif;color:#1a1d23;background:#ffffff">
<div style="max-width:560px">
<h1 style="font-size:18px;margin:0 0 12px">${escapeHtml(title)}</h1>
${paragraphs.map((line) => `<p style="margin:0 0 12px;white-space:pre-line">${escapeHtml(line)}</p>`).join("\n")}
<table style="border-collapse:collapse;margin:0 0 16px">${rows.join("")}</table>
<p style="margin:0 0 24px"><a href="${escapeHtml(action.url)}" style="display:inline-block;padding:8px 16px;border-radius:6px;background:#1f5fd0;color:#ffffff;text-decoration:none">${escapeHtml(action.label)}</a></p>
<p style="margin:0;font-size:13px;color:#5f6673">${escapeHtml(footer)}</p>
</div>
</body></html>
`;
  return { text, html };
}

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => ENTITIES[sign] ?? sign);
}
