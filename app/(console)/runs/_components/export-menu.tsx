"use client";
import { Download } from "lucide-react";
import { inPageProject } from "#app/_live/page-project.ts";
import { Button } from "#app/_ui/button.tsx";
import { DropdownMenu, DropdownMenuContent, DropdownMenuItem, DropdownMenuTrigger } from "#app/_ui/dropdown-menu.tsx";
import { exportPath, type RunsSearch } from "#app/(console)/runs/search.ts";

const FILES = [
  { what: "runs", format: "csv", label: "Runs as CSV" },
  { what: "runs", format: "parquet", label: "Runs as Parquet" },
  { what: "history", format: "csv", label: "All metric points as CSV" },
  { what: "history", format: "parquet", label: "All metric points as Parquet" },
] as const;

/** All runs that the filter lets through, not only this page, as a file. */
export function ExportMenu({ search }: { search: RunsSearch }) {
  return (
    <DropdownMenu>
      <DropdownMenuTrigger asChild>
        <Button>
          <Download aria-hidden />
          Export
        </Button>
      </DropdownMenuTrigger>
      <DropdownMenuContent align="end">
        {FILES.map(({ label, ...file }) => (
          <DropdownMenuItem key={label} asChild>
            <a href={inPageProject(exportPath(search, file))} download>
              {label}
            </a>
          </DropdownMenuItem>
        ))}
      </DropdownMenuContent>
    </DropdownMenu>
  );
}
