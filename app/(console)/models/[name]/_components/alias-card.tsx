"use client";
import { X } from "lucide-react";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { z } from "zod";
import { act } from "#app/_live/act.ts";
import { call } from "#app/_live/api.ts";
import { May } from "#app/_live/may.tsx";
import { useSubmit } from "#app/_live/use-submit.ts";
import { Button } from "#app/_ui/button.tsx";
import { Card } from "#app/_ui/card.tsx";
import { ConfirmDialog } from "#app/_ui/confirm-dialog.tsx";
import { Dialog } from "#app/_ui/dialog.tsx";
import { FormButtons, FormFault } from "#app/_ui/form.tsx";
import { Input, Select } from "#app/_ui/input.tsx";
import { describedBy, Field } from "#app/_ui/label.tsx";
import { Head, Table, Td, Tr } from "#app/_ui/table.tsx";
import { newHref } from "#app/(console)/approvals/_components/words.ts";
import { versionHref } from "#app/(console)/models/[name]/_components/hrefs.ts";
import { CHAMPION } from "#lib/registry/status.ts";

interface AliasCardProps {
  model: string;
  aliases: Readonly<Record<string, number>>;
  /** Newest first. */
  versions: readonly number[];
  /** Aliases that move only by an approval. */
  guarded: readonly string[];
}

const aliasPath = (model: string, alias: string) =>
  `/api/models/${encodeURIComponent(model)}/aliases/${encodeURIComponent(alias)}`;

/** Names that callers may use instead of a number, and what they stand for. */
export function AliasCard({ model, aliases, versions, guarded }: AliasCardProps) {
  const router = useRouter();
  const [adding, setAdding] = useState(false);
  const [leaving, setLeaving] = useState<string | null>(null);
  const rows = Object.entries(aliases).sort(([a], [b]) => a.localeCompare(b));
  const remove = () =>
    act(
      async () => {
        await call("DELETE", aliasPath(model, leaving ?? ""), { reply: z.unknown() });
        router.refresh();
      },
      { done: `@${leaving} is gone` },
    );
  return (
    <Card
      title="Aliases"
      aside={
        <May scope="registry:write">
          <Button size="sm" onClick={() => setAdding(true)}>
            Set an alias
          </Button>
        </May>
      }
      flush
    >
      {rows.length === 0 ? (
        <p className="p-4 text-muted-foreground">
          None yet. <code>champion</code> names what is in Production; others are yours, such as <code>challenger</code>
          .
        </p>
      ) : (
        <Table label="Aliases">
          <Head
            columns={["Alias", "Version", { name: "Moves", className: "w-full" }, { name: "Actions", hidden: true }]}
          />
          <tbody>
            {rows.map(([alias, version]) => (
              <Tr key={alias}>
                <Td className="font-mono">@{alias}</Td>
                <Td>
                  <Link href={versionHref(model, version)} className="text-primary underline">
                    version {version}
                  </Link>
                </Td>
                <Td>
                  {alias === CHAMPION ? (
                    "with Production"
                  ) : guarded.includes(alias) ? (
                    <Link href={newHref({ modelName: model, target: `alias:${alias}` })} className="underline">
                      by an approval
                    </Link>
                  ) : (
                    "freely"
                  )}
                </Td>
                <Td className="px-1 text-right">
                  {alias !== CHAMPION && !guarded.includes(alias) && (
                    <May scope="registry:write">
                      <Button
                        size="icon"
                        variant="ghost"
                        aria-label={`Take @${alias} away`}
                        onClick={() => setLeaving(alias)}
                      >
                        <X aria-hidden />
                      </Button>
                    </May>
                  )}
                </Td>
              </Tr>
            ))}
          </tbody>
        </Table>
      )}
      {adding && <AliasDialog model={model} versions={versions} onClose={() => setAdding(false)} />}
      {leaving !== null && (
        <ConfirmDialog
          open
          danger
          onOpenChange={() => setLeaving(null)}
          title={`Take @${leaving} away?`}
          action={`Take @${leaving} away`}
          onConfirm={remove}
        >
          <p>
            Whoever asks for {model}@{leaving} gets “not found” from then on.
          </p>
        </ConfirmDialog>
      )}
    </Card>
  );
}

function AliasDialog({ model, versions, onClose }: Pick<AliasCardProps, "model" | "versions"> & { onClose(): void }) {
  const router = useRouter();
  const { submit, busy, faults } = useSubmit(["alias", "version", "reason"]);
  const save = submit(async (form) => {
    const alias = String(form.get("alias")).trim().replace(/^@/, "");
    const body = { version: Number(form.get("version")), reason: String(form.get("reason") ?? "") };
    await call("PUT", aliasPath(model, alias), { body, reply: z.unknown() });
    router.refresh();
    onClose();
  });
  return (
    <Dialog open onOpenChange={onClose} title={`Set an alias of ${model}`}>
      <form onSubmit={save} className="space-y-3">
        <Field id="alias" label="Alias" hint="such as challenger" error={faults["alias"]}>
          <Input id="alias" name="alias" required maxLength={128} aria-describedby={describedBy("alias")} />
        </Field>
        <Field id="alias-version" label="Version" error={faults["version"]}>
          <Select id="alias-version" name="version" aria-describedby={describedBy("alias-version")}>
            {versions.map((version) => (
              <option key={version} value={version}>
                version {version}
              </option>
            ))}
          </Select>
        </Field>
        <Field id="alias-reason" label="Reason" hint="kept in the record" error={faults["reason"]}>
          <Input id="alias-reason" name="reason" maxLength={2_000} aria-describedby={describedBy("alias-reason")} />
        </Field>
        <FormFault>{faults[""]}</FormFault>
        <FormButtons action="Set the alias" working="Setting…" busy={busy} onCancel={onClose} />
      </form>
    </Dialog>
  );
}
