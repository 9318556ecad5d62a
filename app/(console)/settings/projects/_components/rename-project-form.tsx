"use client";
import { useRouter } from "next/navigation";
import { toast } from "sonner";
import { z } from "zod";
import { call } from "#app/_live/api.ts";
import { useSubmit } from "#app/_live/use-submit.ts";
import { FormButtons, FormFault } from "#app/_ui/form.tsx";
import { Input } from "#app/_ui/input.tsx";
import { describedBy, Field } from "#app/_ui/label.tsx";
import type { Project } from "#lib/auth/schemas.ts";

export function RenameProjectForm({ project, onDone }: { project: Project; onDone(): void }) {
  const router = useRouter();
  const { submit, busy, faults } = useSubmit(["name", "description"]);
  const rename = submit(async (form) => {
    const body = { name: String(form.get("name")), description: String(form.get("description")) };
    await call("PATCH", `/api/projects/${project.id}`, { body, reply: z.unknown() });
    onDone();
    router.refresh();
    toast.success(`The project is now called ${body.name}`);
  });
  return (
    <form onSubmit={rename} className="space-y-3">
      <Field id="rename-name" label="Name" error={faults["name"]}>
        <Input
          id="rename-name"
          name="name"
          required
          autoFocus
          maxLength={100}
          defaultValue={project.name}
          aria-describedby={describedBy("rename-name")}
          aria-invalid={faults["name"] !== undefined}
        />
      </Field>
      <Field id="rename-description" label="Description" error={faults["description"]}>
        <Input
          id="rename-description"
          name="description"
          maxLength={1_000}
          defaultValue={project.description}
          aria-describedby={describedBy("rename-description")}
        />
      </Field>
      <FormFault>{faults[""]}</FormFault>
      <FormButtons action="Save" working="Saving…" busy={busy} onCancel={onDone} />
    </form>
  );
}
