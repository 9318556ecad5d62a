import { type CardBlock, cardBlocks } from "#lib/record/card-sections.ts";
import type { ModelCard } from "#lib/record/schemas.ts";

/** A card as Markdown. What people wrote is put in as they wrote it, below headings of its own level. */
export function cardMarkdown(card: ModelCard): string {
  const title = `# Model card: ${card.modelName} ${card.version}`;
  const state = `Revision ${card.revision}, digest \`${card.digest}\`.`;
  return `${[title, state, ...cardBlocks(card).map(blockMarkdown)].join("\n\n")}\n`;
}

function blockMarkdown(block: CardBlock): string {
  switch (block.kind) {
    case "heading":
      return `## ${block.text}`;
    case "text":
      // A heading of the writer's must not end the section that it stands in.
      return block.text.replace(/^(#{1,4}) /gm, "##$1 ");
    case "table":
      return table(block.head, block.rows);
    case "matrix":
      return table(
        ["", ...block.cells.map((_, label) => String(label))],
        block.cells.map((row, label) => [`**${label}**`, ...row.map(String)]),
      );
  }
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const width = head.length || (rows[0]?.length ?? 0);
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(" | ")} |`;
  const heads = head.length > 0 ? head : Array.from({ length: width }, () => "");
  return [line(heads), line(heads.map(() => "---")), ...rows.map(line)].join("\n");
}

/** On one line. Without a pattern such as `\s*\n\s*`, which takes a second for a few thousand spaces that somebody sent. */
function cell(text: string): string {
  const lines = text.replaceAll("|", "\\|").split("\n");
  return lines
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .join(" ");
}
