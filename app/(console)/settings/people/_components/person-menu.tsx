"use client";
import { Ban, MonitorSmartphone, RotateCcwKey, ShieldCheck, ShieldOff, UserCheck } from "lucide-react";
import { useProof } from "#app/_live/use-proof.tsx";
import { DropdownMenuItem } from "#app/_ui/dropdown-menu.tsx";
import { type Question, useAsk } from "#app/(console)/settings/_components/ask.tsx";
import { RowMenu } from "#app/(console)/settings/_components/row-menu.tsx";
import { useAct } from "#app/(console)/settings/_components/use-act.ts";
import type { User } from "#lib/auth/schemas.ts";

/** What an admin of the instance may do to an account. Whatever takes something away asks once, and all of it for a fresh proof. */
export function PersonMenu({ person, onSessions }: { person: User; onSessions(): void }) {
  const { ask, question } = useAsk();
  const { withProof, proof } = useProof();
  const act = useAct(withProof);
  const path = `/api/users/${person.id}`;
  const { name } = person;

  const makeAdmin: Question = {
    title: `Make ${name} an admin of the instance?`,
    text: "They will be admin of every project, and manage people and projects.",
    action: `Make ${name} an admin`,
    danger: false,
    run: () => act("PATCH", path, { body: { role: "admin" }, done: `${name} is an admin of the instance` }),
  };
  const unmakeAdmin: Question = {
    title: `Take the instance's administration from ${name}?`,
    text: "They keep what their memberships give them, from the next request on.",
    action: `Make ${name} a user`,
    run: () => act("PATCH", path, { body: { role: "user" }, done: `${name} is no longer an admin of the instance` }),
  };
  const disable: Question = {
    title: `Disable ${name}?`,
    text: `The sessions of ${person.email} end at once and their keys stop to hold. What they did stays on record.`,
    action: `Disable ${name}`,
    run: () => act("PATCH", path, { body: { disabled: true }, done: `${name} is disabled` }),
  };
  const resetFactor: Question = {
    title: `Reset the second factor of ${name}?`,
    text: "Only when they lost device and recovery codes: then the password alone lets them in. Their sessions end.",
    action: "Reset the second factor",
    run: () => act("DELETE", `${path}/second-factor`, { done: `The second factor of ${name} is gone` }),
  };

  return (
    <>
      <RowMenu of={name}>
        <DropdownMenuItem onSelect={onSessions}>
          <MonitorSmartphone aria-hidden />
          Sessions…
        </DropdownMenuItem>
        {person.role === "admin" ? (
          <DropdownMenuItem onSelect={() => ask(unmakeAdmin)}>
            <ShieldOff aria-hidden />
            Make a user…
          </DropdownMenuItem>
        ) : (
          <DropdownMenuItem onSelect={() => ask(makeAdmin)}>
            <ShieldCheck aria-hidden />
            Make an admin…
          </DropdownMenuItem>
        )}
        {person.secondFactor && (
          <DropdownMenuItem onSelect={() => ask(resetFactor)}>
            <RotateCcwKey aria-hidden />
            Reset the second factor…
          </DropdownMenuItem>
        )}
        {person.disabledAt === null ? (
          <DropdownMenuItem onSelect={() => ask(disable)}>
            <Ban aria-hidden />
            Disable…
          </DropdownMenuItem>
        ) : (
          <DropdownMenuItem
            onSelect={() => void act("PATCH", path, { body: { disabled: false }, done: `${name} may sign in again` })}
          >
            <UserCheck aria-hidden />
            Enable
          </DropdownMenuItem>
        )}
      </RowMenu>
      {question}
      {proof}
    </>
  );
}
