"use client";
import { ChevronDown } from "lucide-react";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { act } from "#app/_live/act.ts";
import { call } from "#app/_live/api.ts";
import { Button } from "#app/_ui/button.tsx";
import { ConfirmDialog } from "#app/_ui/confirm-dialog.tsx";
import { DropdownMenu, DropdownMenuContent, DropdownMenuItem, DropdownMenuTrigger } from "#app/_ui/dropdown-menu.tsx";
import { Input } from "#app/_ui/input.tsx";
import { describedBy, Field } from "#app/_ui/label.tsx";
import { newHref } from "#app/(console)/approvals/_components/words.ts";
import { ModelVersion } from "#lib/registry/schemas.ts";
import { STAGE_TRANSITIONS, type Stage } from "#lib/registry/status.ts";

/** What moving a version to a stage is called. */
function moveWords(version: number, from: Stage, to: Stage): string {
  if (to === "Production") {
    return from === "Archived"
      ? `Roll back Production to version ${version}`
      : `Promote version ${version} to production`;
  }
  if (to === "Archived") return `Archive version ${version}`;
  if (to === "Staging") return `Move version ${version} to staging`;
  return `Take version ${version} out of ${from.toLowerCase()}`;
}

interface StageMenuProps {
  model: string;
  version: number;
  stage: Stage;
  /** The version that is in Production now. */
  production: number | null;
  /** Stages that a version gets only by an approval, and the requests of this version that are open. */
  approvals: { stages: readonly Stage[]; open: readonly { id: string; stage: Stage }[] };
  /** As a button of a page, not of a table row. */
  framed?: boolean;
}

/**
 * The moves that the state machine allows from here. Each asks once and says what it will change; one that a policy
 * protects leads to its request.
 */
export function StageMenu({ model, version, stage, production, approvals, framed = false }: StageMenuProps) {
  const router = useRouter();
  const [target, setTarget] = useState<Stage | null>(null);
  const [open, setOpen] = useState(false);
  const [reason, setReason] = useState("");
  const id = `reason-${version}`;

  const move = () =>
    act(
      async () => {
        await call("POST", `/api/models/${model}/versions/${version}/stage`, {
          body: { stage: target, reason },
          reply: ModelVersion,
        });
        router.refresh();
      },
      { done: `${model} ${version} is now in ${target}` },
    );

  return (
    <>
      <DropdownMenu>
        <DropdownMenuTrigger asChild>
          <Button
            size={framed ? "md" : "sm"}
            variant={framed ? "secondary" : "ghost"}
            aria-label={`Change the stage of version ${version}`}
          >
            Stage
            <ChevronDown aria-hidden />
          </Button>
        </DropdownMenuTrigger>
        <DropdownMenuContent align="end">
          {STAGE_TRANSITIONS[stage].map((to) => {
            const words = moveWords(version, stage, to);
            if (approvals.stages.includes(to)) {
              const request = approvals.open.find((one) => one.stage === to);
              return (
                <DropdownMenuItem key={to} asChild>
                  <Link
                    href={
                      request === undefined
                        ? newHref({ modelName: model, version, target: `stage:${to}` })
                        : `/approvals/${request.id}`
                    }
                  >
                    {request === undefined
                      ? `Request approval: ${lower(words)}…`
                      : `Open the request to ${lower(words)}`}
                  </Link>
                </DropdownMenuItem>
              );
            }
            return (
              <DropdownMenuItem
                key={to}
                onSelect={() => {
                  setTarget(to);
                  setReason("");
                  setOpen(true);
                }}
              >
                {words}…
              </DropdownMenuItem>
            );
          })}
        </DropdownMenuContent>
      </DropdownMenu>
      {target !== null && (
        <ConfirmDialog
          open={open}
          onOpenChange={setOpen}
          title={`${moveWords(version, stage, target)}?`}
          action={moveWords(version, stage, target)}
          danger={stage === "Production"}
          onConfirm={move}
        >
          <p>{consequence({ model, version, stage, production, approvals }, target)}</p>
          <div className="mt-3 text-left text-foreground">
            <Field id={id} label="Reason" hint="kept in the history">
              <Input
                id={id}
                aria-describedby={describedBy(id)}
                maxLength={2_000}
                value={reason}
                onChange={(event) => setReason(event.target.value)}
              />
            </Field>
          </div>
        </ConfirmDialog>
      )}
    </>
  );
}

const lower = (words: string) => words.replace(/^./, (letter) => letter.toLowerCase());

function consequence({ model, version, stage, production }: StageMenuProps, to: Stage): string {
  if (to === "Production") {
    const replaced = production === null ? "" : ` Version ${production} goes to the archive and can be brought back.`;
    return `/predict and the drawing pad answer with version ${version} of ${model} from the next request on.${replaced}`;
  }
  if (stage === "Production") {
    return `Nothing will be in Production: /predict answers 503 until another version of ${model} is promoted.`;
  }
  return `It changes nothing about what answers predictions.`;
}
