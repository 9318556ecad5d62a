"use client";
import { ChevronsUpDown, FolderTree } from "lucide-react";
import {
  DropdownMenu,
  DropdownMenuChoice,
  DropdownMenuContent,
  DropdownMenuLink,
  DropdownMenuRadioItem,
  DropdownMenuTrigger,
} from "#app/_ui/dropdown-menu.tsx";
import { enterProject } from "#app/(console)/_shell/choose-project.ts";
import type { Role } from "#lib/auth/scopes.ts";

/** A project that the person may enter. */
export interface ShellProject {
  id: string;
  name: string;
  role: Role | null;
}

interface SwitcherProps {
  current: string;
  projects: readonly ShellProject[];
  mayManage: boolean;
  folded: boolean;
}

/** The product's mark and the project that everything on the page belongs to; opens the list of the others. */
export function ProjectSwitcher({ current, projects, mayManage, folded }: SwitcherProps) {
  const name = projects.find((project) => project.id === current)?.name ?? current;
  return (
    <DropdownMenu>
      <DropdownMenuTrigger
        aria-label={`Project ${name}`}
        title={folded ? `Project ${name}` : undefined}
        className="flex h-10 w-full min-w-0 items-center gap-2 rounded-md px-2 text-left hover:bg-muted"
      >
        <Mark />
        {!folded && (
          <>
            <span className="min-w-0 flex-1 leading-tight">
              <span className="block font-semibold">Assay</span>
              <span className="block truncate text-xs text-muted-foreground">{name}</span>
            </span>
            <ChevronsUpDown className="size-4 shrink-0 text-muted-foreground" aria-hidden />
          </>
        )}
      </DropdownMenuTrigger>
      <DropdownMenuContent align="start" className="w-64">
        <DropdownMenuChoice
          title="Projects"
          value={current}
          onValueChange={(id) => void enterProject(id)}
          className="max-h-80 overflow-y-auto"
        >
          {projects.map((project) => (
            <DropdownMenuRadioItem key={project.id} value={project.id} className="h-10">
              <span className="min-w-0 flex-1 leading-tight">
                <span className="block truncate">{project.name}</span>
                <span className="block truncate font-mono text-xs opacity-80">{project.id}</span>
              </span>
              <span className="text-xs opacity-80">{project.role}</span>
            </DropdownMenuRadioItem>
          ))}
        </DropdownMenuChoice>
        {mayManage && (
          <DropdownMenuLink href="/settings/projects">
            <FolderTree aria-hidden />
            Manage projects
          </DropdownMenuLink>
        )}
      </DropdownMenuContent>
    </DropdownMenu>
  );
}

function Mark() {
  return (
    <svg viewBox="0 0 24 24" className="size-6 shrink-0 text-primary" aria-hidden>
      <rect x="1" y="1" width="22" height="22" rx="5" fill="none" stroke="currentColor" strokeWidth="1.5" />
      <path d="M6 17 12 6l6 11M8.5 13h7" fill="none" stroke="currentColor" strokeWidth="2" strokeLinejoin="round" />
    </svg>
  );
}
