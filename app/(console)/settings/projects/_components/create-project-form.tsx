"use client";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { toast } from "sonner";
import { call } from "#app/_live/api.ts";
import { useSubmit } from "#app/_live/use-submit.ts";
import { FormButtons, FormFault } from "#app/_ui/form.tsx";
import { Input } from "#app/_ui/input.tsx";
import { describedBy, Field } from "#app/_ui/label.tsx";
import { Project } from "#lib/auth/schemas.ts";

export function CreateProjectForm({ onDone }: { onDone(): void }) {
  const router = useRouter();
  const [name, setName] = useState("");
  const [ownId, setOwnId] = useState<string | null>(null);
  const id = ownId ?? idFrom(name);
  const { submit, busy, faults } = useSubmit(["name", "id", "description"]);
  const create = submit(async (form) => {
    const made = await call("POST", "/api/projects", {
      body: { id, name, description: String(form.get("description")) },
      reply: Project,
    });
    onDone();
    router.refresh();
    toast.success(`The project ${made.name} is there`);
  });
  return (
    <form onSubmit={create} className="space-y-3">
      <Field id="project-name" label="Name" error={faults["name"]}>
        <Input
          id="project-name"
          required
          autoFocus
          maxLength={100}
          aria-describedby={describedBy("project-name")}
          aria-invalid={faults["name"] !== undefined}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
      </Field>
      <Field id="project-id" label="Id" hint="lower-case letters, digits and hyphens" error={faults["id"]}>
        <Input
          id="project-id"
          required
          maxLength={40}
          className="font-mono"
          aria-describedby={describedBy("project-id")}
          aria-invalid={faults["id"] !== undefined}
          value={id}
          onChange={(event) => setOwnId(event.target.value)}
        />
      </Field>
      <Field id="project-description" label="Description" error={faults["description"]}>
        <Input
          id="project-description"
          name="description"
          maxLength={1_000}
          aria-describedby={describedBy("project-description")}
        />
      </Field>
      <FormFault>{faults[""]}</FormFault>
      <FormButtons action="Create the project" working="Creating…" busy={busy} onCancel={onDone} />
    </form>
  );
}

/** What a name looks like as an id: `Fraud team` becomes `fraud-team`. */
function idFrom(name: string): string {
  const plain = name.normalize("NFKD").toLowerCase();
  return plain
    .replaceAll(/[\u0300-\u036f]/g, "")
    .replaceAll(/[^a-z0-9]+/g, "-")
    .slice(0, 40)
    .replaceAll(/^-+|-+$/g, "");
}
