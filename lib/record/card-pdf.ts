import { createRequire } from "node:module";
import { join } from "node:path";
import { type CardBlock, cardBlocks } from "#lib/record/card-sections.ts";
import type { ModelCard } from "#lib/record/schemas.ts";

type Pdf = PDFKit.PDFDocument;

const PAGE = { size: "A4", margins: { top: 56, bottom: 64, left: 56, right: 56 } } as const;
const INK = "#1a1d21";
const FAINT = "#5c6670";
const LINE = "#d5dae0";
const PADDING = 3;
/** Side of a cell of the confusion matrix, in points. */
const CELL = 26;

/**
 * A card as a PDF: real text, headings as outline and tags, tables, the confusion matrix as a heat map with its numbers. Set in
 * DejaVu Sans, which has Latin, Greek, Cyrillic and more, but no Chinese, Japanese, Korean and no emoji: each of those
 * becomes a box, and the last line of the document says so.
 */
export async function cardPdf(card: ModelCard): Promise<Buffer> {
  const { default: PDFDocument } = await import("pdfkit");
  const title = `Model card: ${card.modelName} ${card.version}`;
  const info = { Title: title, Creator: "Assay", CreationDate: new Date(card.updatedAt ?? 0) };
  const doc = new PDFDocument({ ...PAGE, bufferPages: true, tagged: true, lang: "en", displayTitle: true, info });
  const chunks: Buffer[] = [];
  doc.on("data", (chunk: Buffer) => chunks.push(chunk));
  const ended = new Promise<void>((resolve, reject) => void doc.once("end", resolve).once("error", reject));
  const fonts = fontFiles();
  doc.registerFont("text", fonts.text).registerFont("bold", fonts.bold);

  const missing = { found: false };
  doc.font("bold").fontSize(20).fillColor(INK).text(title);
  doc.font("text").fontSize(8).fillColor(FAINT).text(`Revision ${card.revision}, digest ${card.digest}`);
  for (const block of cardBlocks(card)) drawBlock(doc, block, missing);
  if (missing.found) {
    doc.moveDown().font("text").fontSize(8).fillColor(FAINT);
    doc.text("Characters that the font lacks are shown as boxes; the Markdown export has them.");
  }
  numberPages(doc, title);
  doc.end();
  await ended;
  return Buffer.concat(chunks);
}

/** Resolved from the application's folder at run time: bundlers leave the files where they are. */
function fontFiles(): { text: string; bold: string } {
  const require = createRequire(join(process.cwd(), "package.json"));
  return {
    text: require.resolve("dejavu-fonts-ttf/ttf/DejaVuSans.ttf"),
    bold: require.resolve("dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf"),
  };
}

function drawBlock(doc: Pdf, block: CardBlock, missing: { found: boolean }): void {
  const shown = (text: string) => {
    const kept = text.replace(LACKING, "▯");
    missing.found ||= kept !== text;
    return kept;
  };
  doc.x = PAGE.margins.left;
  switch (block.kind) {
    case "heading":
      if (doc.y > doc.page.height - 140) doc.addPage();
      doc.moveDown(1).font("bold").fontSize(13).fillColor(INK).text(block.text).moveDown(0.3);
      doc.outline.addItem(block.text);
      return;
    case "text":
      doc.font("text").fontSize(9.5).fillColor(INK).text(shown(block.text), { lineGap: 2 }).moveDown(0.4);
      return;
    case "table":
      drawTable(
        doc,
        block.head,
        block.rows.map((row) => row.map(shown)),
      );
      return;
    case "matrix":
      drawMatrix(doc, block.cells);
  }
}

/** What DejaVu Sans has no shapes for: Chinese, Japanese, Korean, what is beyond the basic plane, control characters. */
const LACKING =
  /[\u{1100}-\u{11ff}\u{2e80}-\u{a4cf}\u{ac00}-\u{d7ff}\u{f900}-\u{faff}\u{fe30}-\u{fe4f}\u{ff00}-\u{ffef}\u{10000}-\u{10ffff}]/gu;

/** By hand: pdfkit's own tables take seconds with an embedded font, and this stands in the way of whoever else is served. */
function drawTable(doc: Pdf, head: readonly string[], rows: readonly (readonly string[])[]): void {
  const left = PAGE.margins.left;
  const width = doc.page.width - left - PAGE.margins.right;
  const count = head.length || 2;
  const widths = head.length === 0 ? [130, width - 130] : head.map(() => width / count);
  const lines = head.length === 0 ? rows : [head, ...rows];
  for (const [index, line] of lines.entries()) {
    doc.font(index === 0 && head.length > 0 ? "bold" : "text").fontSize(8.5);
    const options = (column: number) => ({ width: (widths[column] ?? 0) - 2 * PADDING });
    const height =
      Math.max(...line.map((text, column) => doc.heightOfString(text || " ", options(column)))) + 2 * PADDING;
    if (doc.y + height > doc.page.height - PAGE.margins.bottom) doc.addPage();
    const top = doc.y;
    let x = left;
    for (const [column, text] of line.entries()) {
      doc.fillColor(INK).text(text, x + PADDING, top + PADDING, options(column));
      x += widths[column] ?? 0;
    }
    doc
      .moveTo(left, top + height)
      .lineTo(left + width, top + height)
      .lineWidth(0.5)
      .strokeColor(LINE)
      .stroke();
    doc.y = top + height;
  }
  doc.x = left;
  doc.moveDown(0.4);
}

/** The darker, the larger a share of its row; the diagonal in green, mistakes in red. */
function drawMatrix(doc: Pdf, cells: readonly (readonly number[])[]): void {
  if (doc.y + CELL * (cells.length + 1) > doc.page.height - PAGE.margins.bottom) doc.addPage();
  const [left, top] = [PAGE.margins.left, doc.y + 4];
  const put = (text: string, row: number, column: number, colour: string, font: "text" | "bold") => {
    doc.font(font).fontSize(7.5).fillColor(colour);
    doc.text(text, left + column * CELL, top + row * CELL + CELL / 2 - 4, {
      width: CELL,
      align: "center",
      lineBreak: false,
    });
  };
  for (const [label, row] of cells.entries()) {
    put(String(label), 0, label + 1, FAINT, "bold");
    put(String(label), label + 1, 0, FAINT, "bold");
    const total = row.reduce((sum, count) => sum + count, 0) || 1;
    for (const [predicted, count] of row.entries()) {
      const isRight = predicted === label;
      // Mistakes are rare in any model worth a card: their colour grows with the root, or none would be seen.
      const strength = isRight ? count / total : Math.sqrt(count / total);
      const [x, y] = [left + (predicted + 1) * CELL, top + (label + 1) * CELL];
      doc.rect(x + 0.5, y + 0.5, CELL - 1, CELL - 1).fillOpacity(Math.max(0.04, 0.85 * strength));
      doc.fill(isRight ? "#1f8a5b" : "#c8401f").fillOpacity(1);
      put(String(count), label + 1, predicted + 1, strength > 0.6 ? "#ffffff" : INK, "text");
    }
  }
  doc.x = left;
  doc.y = top + CELL * (cells.length + 1) + 8;
}

function numberPages(doc: Pdf, title: string): void {
  const { start, count } = doc.bufferedPageRange();
  for (let index = start; index < start + count; index++) {
    doc.switchToPage(index);
    // Below the margin pdfkit would begin a new page.
    doc.page.margins.bottom = 0;
    doc.font("text").fontSize(7.5).fillColor(FAINT);
    const y = doc.page.height - 40;
    doc.text(`${title}, page ${index + 1} of ${count}`, PAGE.margins.left, y, { lineBreak: false });
  }
}
