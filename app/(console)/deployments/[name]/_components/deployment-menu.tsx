"use client";
import { Globe, KeyRound, Star, Trash2 } from "lucide-react";
import { useRouter } from "next/navigation";
import { z } from "zod";
import { act as tell } from "#app/_live/act.ts";
import { call } from "#app/_live/api.ts";
import { useMay } from "#app/_live/may.tsx";
import { DropdownMenuItem } from "#app/_ui/dropdown-menu.tsx";
import { deploymentHref } from "#app/(console)/deployments/_components/words.ts";
import { type Question, useAsk } from "#app/(console)/settings/_components/ask.tsx";
import { RowMenu } from "#app/(console)/settings/_components/row-menu.tsx";
import { useAct } from "#app/(console)/settings/_components/use-act.ts";
import type { Deployment } from "#lib/serving/deployments/schemas.ts";

/** What an admin may do with a deployment besides its traffic; each is asked about first. */
export function DeploymentMenu({ deployment }: { deployment: Deployment }) {
  const router = useRouter();
  const act = useAct();
  const { ask, question } = useAsk();
  const { name, access, isDefault } = deployment;
  const path = `/api${deploymentHref(name)}`;
  if (!useMay("admin")) return null;
  const change = (body: object, done: string) => act("PATCH", path, { body, done });
  const open: Question = {
    title: `Open ${name} to anybody?`,
    text: "Whoever reaches this server may ask it, without a key; the limit per address holds.",
    action: `Open ${name}`,
    run: () => change({ access: "public" }, `${name} is open to anybody`),
  };
  const close: Question = {
    title: `Close ${name} to the public?`,
    text: "Callers without a key or a session are refused at once. The drawing pad asks the default deployment.",
    action: `Close ${name}`,
    run: () => change({ access: "key" }, `${name} wants a key now`),
  };
  const lead: Question = {
    title: `Let /predict mean ${name}?`,
    text: "Callers of /predict, and the drawing pad, are answered by it from now on.",
    action: `Make ${name} the default`,
    danger: false,
    run: () => change({ isDefault: true }, `/predict means ${name} now`),
  };
  const remove: Question = {
    title: `Delete ${name}?`,
    text: `/predict/${name} answers 404 from then on. What it answered stays in the log.`,
    action: `Delete ${name}`,
    run: () =>
      tell(
        async () => {
          await call("DELETE", path, { reply: z.unknown() });
          router.push("/deployments");
        },
        { done: `${name} is gone` },
      ),
  };
  return (
    <>
      <RowMenu of={name}>
        <DropdownMenuItem disabled={isDefault} onSelect={() => ask(lead)}>
          <Star aria-hidden />
          Make it the default…
        </DropdownMenuItem>
        {access === "key" ? (
          <DropdownMenuItem onSelect={() => ask(open)}>
            <Globe aria-hidden />
            Open it to anybody…
          </DropdownMenuItem>
        ) : (
          <DropdownMenuItem onSelect={() => ask(close)}>
            <KeyRound aria-hidden />
            Ask for a key…
          </DropdownMenuItem>
        )}
        <DropdownMenuItem onSelect={() => ask(remove)}>
          <Trash2 aria-hidden />
          Delete…
        </DropdownMenuItem>
      </RowMenu>
      {question}
    </>
  );
}
