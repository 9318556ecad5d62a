"use client";
import { UserCog, UserMinus } from "lucide-react";
import { useState } from "react";
import { Dialog } from "#app/_ui/dialog.tsx";
import { DropdownMenuItem } from "#app/_ui/dropdown-menu.tsx";
import { type Question, useAsk } from "#app/(console)/settings/_components/ask.tsx";
import { RowMenu } from "#app/(console)/settings/_components/row-menu.tsx";
import { useAct } from "#app/(console)/settings/_components/use-act.ts";
import { MemberForm } from "#app/(console)/settings/members/_components/member-form.tsx";
import type { Member } from "#lib/auth/schemas.ts";

/** An admin of the instance is in every project: only their grants can be set here. */
export function MemberMenu({ member }: { member: Member }) {
  const [editing, setEditing] = useState(false);
  const { ask, question } = useAsk();
  const act = useAct();
  const { name, userId } = member;
  const remove: Question = {
    title: `Remove ${name} from this project?`,
    text: "From the next request on they see nothing of it, and their keys in it stop to hold. What they did stays.",
    action: `Remove ${name}`,
    run: () => act("DELETE", `/api/members/${userId}`, { done: `${name} is out of the project` }),
  };
  return (
    <>
      <RowMenu of={name}>
        <DropdownMenuItem onSelect={() => setEditing(true)}>
          <UserCog aria-hidden />
          {member.source === "instance" ? "Grants…" : "Role and grants…"}
        </DropdownMenuItem>
        {member.source !== "instance" && (
          <DropdownMenuItem onSelect={() => ask(remove)}>
            <UserMinus aria-hidden />
            Remove…
          </DropdownMenuItem>
        )}
      </RowMenu>
      <Dialog open={editing} onOpenChange={setEditing} title={`What ${name} may do here`}>
        <MemberForm member={member} onDone={() => setEditing(false)} />
      </Dialog>
      {question}
    </>
  );
}
