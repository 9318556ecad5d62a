"use client";
import { Bot, MailPlus } from "lucide-react";
import { useQueryStates } from "nuqs";
import { useState } from "react";
import { Button } from "#app/_ui/button.tsx";
import { Dialog } from "#app/_ui/dialog.tsx";
import { Page } from "#app/_ui/page.tsx";
import { Tabs, TabsContent, TabsList, TabsTrigger } from "#app/_ui/tabs.tsx";
import { InvitationTable } from "#app/(console)/settings/members/_components/invitation-table.tsx";
import { InviteForm } from "#app/(console)/settings/members/_components/invite-form.tsx";
import { MemberTable } from "#app/(console)/settings/members/_components/member-table.tsx";
import { ServiceAccountForm } from "#app/(console)/settings/members/_components/service-account-form.tsx";
import { ServiceAccountTable } from "#app/(console)/settings/members/_components/service-account-table.tsx";
import { LEAD } from "#app/(console)/settings/members/lead.ts";
import { MEMBER_TABS, memberSearch } from "#app/(console)/settings/search.ts";
import type { Invitation, Member, ServiceAccount } from "#lib/auth/schemas.ts";

interface MembersViewProps {
  members: readonly Member[];
  invitations: readonly Invitation[];
  accounts: readonly ServiceAccount[];
  /** The id of the one who looks. */
  me: string;
}

export function MembersView({ members, invitations, accounts, me }: MembersViewProps) {
  const [{ tab }, setSearch] = useQueryStates(memberSearch);
  const [open, setOpen] = useState<"invite" | "account" | null>(null);
  const close = () => setOpen(null);
  const pending = invitations.filter(({ state }) => state === "open").length;
  return (
    <Page
      title="Members"
      lead={LEAD}
      actions={
        <>
          <Button onClick={() => setOpen("account")}>
            <Bot aria-hidden />
            New service account
          </Button>
          <Button variant="primary" onClick={() => setOpen("invite")}>
            <MailPlus aria-hidden />
            Invite somebody
          </Button>
        </>
      }
    >
      <Tabs
        value={tab}
        onValueChange={(value) => void setSearch({ tab: MEMBER_TABS.find((one) => one === value) ?? null })}
      >
        <TabsList aria-label="Who is in the project">
          <TabsTrigger value="members">People ({members.length})</TabsTrigger>
          <TabsTrigger value="invitations">Invitations ({pending} open)</TabsTrigger>
          <TabsTrigger value="service-accounts">Service accounts ({accounts.length})</TabsTrigger>
        </TabsList>
        <TabsContent value="members">
          <MemberTable members={members} me={me} />
        </TabsContent>
        <TabsContent value="invitations">
          <InvitationTable invitations={invitations} onInvite={() => setOpen("invite")} />
        </TabsContent>
        <TabsContent value="service-accounts">
          <ServiceAccountTable accounts={accounts} onCreate={() => setOpen("account")} />
        </TabsContent>
      </Tabs>
      <Dialog open={open === "invite"} onOpenChange={close} title="Invite somebody into this project">
        <InviteForm onDone={close} />
      </Dialog>
      <Dialog
        open={open === "account"}
        onOpenChange={close}
        title="New service account"
        description="For a program: it cannot sign in and acts by keys that an admin makes for it."
      >
        <ServiceAccountForm onDone={close} />
      </Dialog>
    </Page>
  );
}
