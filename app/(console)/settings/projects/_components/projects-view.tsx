"use client";
import { FolderPlus } from "lucide-react";
import { useState } from "react";
import { Badge } from "#app/_ui/badge.tsx";
import { Button } from "#app/_ui/button.tsx";
import { Dialog } from "#app/_ui/dialog.tsx";
import { Page } from "#app/_ui/page.tsx";
import { Head, Table, Td, Tr } from "#app/_ui/table.tsx";
import { Time } from "#app/_ui/time.tsx";
import { CreateProjectForm } from "#app/(console)/settings/projects/_components/create-project-form.tsx";
import { ProjectMenu } from "#app/(console)/settings/projects/_components/project-menu.tsx";
import { LEAD } from "#app/(console)/settings/projects/lead.ts";
import type { Project } from "#lib/auth/schemas.ts";

const COLUMNS = ["Name", "Id", "Description", "State", "Created", { name: "Actions", hidden: true }];

export function ProjectsView({ projects }: { projects: readonly Project[] }) {
  const [creating, setCreating] = useState(false);
  return (
    <Page
      title="Projects"
      lead={LEAD}
      actions={
        <Button variant="primary" onClick={() => setCreating(true)}>
          <FolderPlus aria-hidden />
          New project
        </Button>
      }
    >
      <Table label="Projects" framed>
        <Head columns={COLUMNS} />
        <tbody>
          {projects.map((project) => (
            <Tr key={project.id}>
              <Td className="font-medium">
                {project.name}
                {project.current && (
                  <Badge tone="accent" className="ml-2">
                    this one
                  </Badge>
                )}
              </Td>
              <Td className="font-mono">{project.id}</Td>
              <Td className="max-w-96 truncate" title={project.description}>
                {project.description === "" ? "–" : project.description}
              </Td>
              <Td>{project.archivedAt === null ? "open" : <Badge tone="warning">archived</Badge>}</Td>
              <Td>
                <Time at={project.createdAt} />
              </Td>
              <Td className="w-10 px-1">
                <ProjectMenu project={project} />
              </Td>
            </Tr>
          ))}
        </tbody>
      </Table>
      <Dialog
        open={creating}
        onOpenChange={setCreating}
        title="New project"
        description="Its id stands in addresses and API requests and stays as it is; the name can be changed."
      >
        <CreateProjectForm onDone={() => setCreating(false)} />
      </Dialog>
    </Page>
  );
}
