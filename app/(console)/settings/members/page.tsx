import { MembersView } from "#app/(console)/settings/members/_components/members-view.tsx";
import { listInvitations } from "#lib/auth/list-invitations.ts";
import { listMembers } from "#lib/auth/list-members.ts";
import { listServiceAccounts } from "#lib/auth/list-service-accounts.ts";
import { requireSession } from "#lib/auth/session.ts";

export default async function MembersPage() {
  const ctx = await requireSession();
  const [members, invitations, accounts] = await Promise.all([
    listMembers(ctx),
    listInvitations(ctx),
    listServiceAccounts(ctx),
  ]);
  return (
    <MembersView
      members={members.filter(({ kind }) => kind === "person")}
      invitations={invitations}
      accounts={accounts}
      me={ctx.actor.type === "user" ? ctx.actor.id : ""}
    />
  );
}
