"use client";
import { ChartLine, Download, Table2 } from "lucide-react";
import { type ReactNode, useRef, useState } from "react";
import { type CsvCell, saveCsv, savePng, saveSvg } from "#app/_ui/chart-export.ts";
import { DropdownMenu, DropdownMenuContent, DropdownMenuItem, DropdownMenuTrigger } from "#app/_ui/dropdown-menu.tsx";
import { figure } from "#app/_ui/format.ts";
import { Table, Td, Th, Tr } from "#app/_ui/table.tsx";

/**
 * The frame of every chart: its name, its drawing (`children`, one SVG), the same figures as a table, and the ways to
 * take it along. `height` is in CSS pixels and holds for both views, so that nothing jumps.
 */
export function ChartFrame(props: {
  title: string;
  note?: ReactNode;
  height: number;
  file: string;
  columns: string[];
  rows: CsvCell[][];
  children: ReactNode;
}) {
  const { title, note, height, file, columns, rows, children } = props;
  const [asTable, setAsTable] = useState(false);
  const drawing = useRef<HTMLDivElement>(null);
  const withSvg = (use: (svg: SVGSVGElement) => void) => {
    const svg = drawing.current?.querySelector<SVGSVGElement>("svg.recharts-surface, svg[data-drawing]");
    if (svg) use(svg);
  };
  return (
    <section data-chart aria-label={title} className="min-w-0 rounded-lg border border-border bg-card">
      <div className="flex min-h-10 items-center justify-between gap-2 border-b border-border px-4 py-1">
        <h2 className="min-w-0 text-sm font-semibold">
          {title}
          {note !== undefined && <span className="ml-2 text-xs font-normal text-muted-foreground">{note}</span>}
        </h2>
        <div className="flex shrink-0 gap-1">
          <button
            type="button"
            aria-pressed={asTable}
            aria-label={asTable ? `Show ${title} as a chart` : `Show ${title} as a table`}
            onClick={() => setAsTable(!asTable)}
            className="rounded-md p-1.5 text-muted-foreground hover:bg-muted hover:text-foreground"
          >
            {asTable ? <ChartLine className="size-4" aria-hidden /> : <Table2 className="size-4" aria-hidden />}
          </button>
          <DropdownMenu>
            <DropdownMenuTrigger
              aria-label={`Save ${title}`}
              className="rounded-md p-1.5 text-muted-foreground hover:bg-muted hover:text-foreground"
            >
              <Download className="size-4" aria-hidden />
            </DropdownMenuTrigger>
            <DropdownMenuContent align="end">
              <DropdownMenuItem disabled={asTable} onSelect={() => withSvg((svg) => void savePng(svg, file))}>
                Save as PNG
              </DropdownMenuItem>
              <DropdownMenuItem disabled={asTable} onSelect={() => withSvg((svg) => saveSvg(svg, file))}>
                Save as SVG
              </DropdownMenuItem>
              <DropdownMenuItem onSelect={() => saveCsv(columns, rows, file)}>Save as CSV</DropdownMenuItem>
            </DropdownMenuContent>
          </DropdownMenu>
        </div>
      </div>
      <div ref={drawing} style={{ height }} className={asTable ? "overflow-y-auto" : "overflow-hidden"}>
        {asTable ? <FigureTable title={title} columns={columns} rows={rows} /> : children}
      </div>
    </section>
  );
}

function FigureTable({ title, columns, rows }: { title: string; columns: string[]; rows: CsvCell[][] }) {
  return (
    <Table label={`${title}, as a table`}>
      <thead className="sticky top-0 bg-card">
        <Tr>
          {columns.map((name) => (
            <Th key={name} number>
              {name}
            </Th>
          ))}
        </Tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <Tr key={row.join("\n")}>
            {row.map((value, index) => (
              <Td key={columns[index]} number>
                {typeof value === "number" ? figure(value) : (value ?? "–")}
              </Td>
            ))}
          </Tr>
        ))}
      </tbody>
    </Table>
  );
}
