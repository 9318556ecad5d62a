"use client";
import { Archive, ArchiveRestore, LogIn, Pencil } from "lucide-react";
import { useState } from "react";
import { Dialog } from "#app/_ui/dialog.tsx";
import { DropdownMenuItem } from "#app/_ui/dropdown-menu.tsx";
import { DEFAULT_PROJECT, enterProject } from "#app/(console)/_shell/choose-project.ts";
import { type Question, useAsk } from "#app/(console)/settings/_components/ask.tsx";
import { RowMenu } from "#app/(console)/settings/_components/row-menu.tsx";
import { useAct } from "#app/(console)/settings/_components/use-act.ts";
import { RenameProjectForm } from "#app/(console)/settings/projects/_components/rename-project-form.tsx";
import type { Project } from "#lib/auth/schemas.ts";

/** The default project stays: it cannot be archived. The one that is looked at is left first. */
export function ProjectMenu({ project }: { project: Project }) {
  const [renaming, setRenaming] = useState(false);
  const { ask, question } = useAsk();
  const act = useAct();
  const { id, name } = project;
  const path = `/api/projects/${id}`;
  const archive: Question = {
    title: `Archive ${name}?`,
    text: "It answers nobody, and its keys and invitations stop to hold, until it is restored. Nothing is deleted.",
    action: `Archive ${name}`,
    run: () => act("PATCH", path, { body: { archived: true }, done: `${name} is archived` }),
  };
  return (
    <>
      <RowMenu of={name}>
        {project.archivedAt === null && !project.current && (
          <DropdownMenuItem onSelect={() => void enterProject(id)}>
            <LogIn aria-hidden />
            Switch to it
          </DropdownMenuItem>
        )}
        <DropdownMenuItem onSelect={() => setRenaming(true)}>
          <Pencil aria-hidden />
          Rename…
        </DropdownMenuItem>
        {project.archivedAt !== null ? (
          <DropdownMenuItem
            onSelect={() => void act("PATCH", path, { body: { archived: false }, done: `${name} is open again` })}
          >
            <ArchiveRestore aria-hidden />
            Restore
          </DropdownMenuItem>
        ) : (
          <DropdownMenuItem disabled={id === DEFAULT_PROJECT || project.current} onSelect={() => ask(archive)}>
            <Archive aria-hidden />
            Archive…
          </DropdownMenuItem>
        )}
      </RowMenu>
      <Dialog open={renaming} onOpenChange={setRenaming} title={`Rename ${name}`}>
        <RenameProjectForm project={project} onDone={() => setRenaming(false)} />
      </Dialog>
      {question}
    </>
  );
}
