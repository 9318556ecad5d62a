const STYLES = [
  "fill",
  "stroke",
  "stroke-width",
  "stroke-dasharray",
  "opacity",
  "font-size",
  "font-family",
  "font-weight",
];

/** The drawing with every colour resolved and a ground, so that it looks the same outside the page. */
function standaloneSvg(svg: SVGSVGElement): { text: string; width: number; height: number } {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const sources = [svg, ...svg.querySelectorAll<SVGElement>("*")];
  const targets = [copy, ...copy.querySelectorAll<SVGElement>("*")];
  sources.forEach((source, index) => {
    const computed = getComputedStyle(source);
    for (const name of STYLES) targets[index]?.style.setProperty(name, computed.getPropertyValue(name));
    targets[index]?.removeAttribute("class");
  });
  const { width, height } = svg.getBoundingClientRect();
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("width", String(width));
  copy.setAttribute("height", String(height));
  const frame = svg.parentElement?.closest("[data-chart]") ?? svg;
  copy.style.background = getComputedStyle(frame).backgroundColor;
  return { text: new XMLSerializer().serializeToString(copy), width, height };
}

function save(blob: Blob, name: string) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  // The click has taken the bytes once the task is over.
  setTimeout(() => URL.revokeObjectURL(link.href), 1_000);
}

export function saveSvg(svg: SVGSVGElement, name: string) {
  save(new Blob([standaloneSvg(svg).text], { type: "image/svg+xml" }), `${name}.svg`);
}

/** At twice the screen's size, for slides and print. */
export async function savePng(svg: SVGSVGElement, name: string) {
  const { text, width, height } = standaloneSvg(svg);
  const image = new Image();
  image.src = URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }));
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(width * 2);
  canvas.height = Math.round(height * 2);
  const context = canvas.getContext("2d");
  if (context === null) return;
  const ground = svg.parentElement?.closest("[data-chart]") ?? svg;
  context.fillStyle = getComputedStyle(ground).backgroundColor;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(image.src);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/png"));
  if (blob !== null) save(blob, `${name}.png`);
}

export type CsvCell = string | number | null;

/** RFC 4180; numbers unrounded. */
function toCsv(head: string[], rows: CsvCell[][]): string {
  const cell = (value: CsvCell) => {
    const text = value === null ? "" : String(value);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return [head, ...rows].map((row) => row.map(cell).join(",")).join("\r\n");
}

export function saveCsv(head: string[], rows: CsvCell[][], name: string) {
  save(new Blob([toCsv(head, rows)], { type: "text/csv" }), `${name}.csv`);
}
