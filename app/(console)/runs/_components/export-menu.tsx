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
          <ExportItem key={label} label={label} path={exportPath(search, file)} />
        ))}
      </DropdownMenuContent>
    </DropdownMenu>
  );
}

/** Of its own, so that it is rendered in the open menu only: the page's project is known to the browser alone. */
function ExportItem({ label, path }: { label: string; path: string }) {
  return (
    <DropdownMenuItem asChild>
      <a href={inPageProject(path)} download>
        {label}
      </a>
    </DropdownMenuItem>
  );
}
