import type { Letter } from "#lib/platform/mail.ts";

/** Slack refuses longer texts of a section (3,000) and of a field (2,000). */
const SECTION_MAX = 2_900;
const FIELD_MAX = 1_900;

/** A letter as a message of an incoming webhook: blocks, and a text for notifications. */
export function toSlack(subject: string, letter: Letter): string {
  const body = [`*${escapeSlack(letter.title)}*`, ...letter.paragraphs.map(escapeSlack)].join("\n");
  return JSON.stringify({
    text: escapeSlack(subject),
    blocks: [
      { type: "section", text: { type: "mrkdwn", text: cut(body, SECTION_MAX) } },
      {
        type: "section",
        fields: letter.facts.slice(0, 10).map(({ label, value }) => ({
          type: "mrkdwn",
          text: cut(`*${escapeSlack(label)}*\n${escapeSlack(value)}`, FIELD_MAX),
        })),
      },
      {
        type: "section",
        // The only address in the message that is a link: what people wrote is escaped, so it cannot be one.
        text: { type: "mrkdwn", text: `<${letter.action.url}|${escapeSlack(letter.action.label)}>` },
      },
    ],
  });
}

/** Slack reads just these three; see "Escaping text" in its formatting reference. */
function escapeSlack(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** Not within an entity. */
function cut(text: string, max: number): string {
  return text.length <= max ? text : `${text.slice(0, max).replace(/&[a-z]*$/, "")}…`;
}
