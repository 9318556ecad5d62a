import type { Metadata } from "next";
import { Page } from "#app/_ui/page.tsx";
import { MyKeys } from "#app/(console)/account/_components/my-keys.tsx";
import { MySessions } from "#app/(console)/account/_components/my-sessions.tsx";
import { ProfileCard } from "#app/(console)/account/_components/profile-card.tsx";
import { SecondFactorCard } from "#app/(console)/account/_components/second-factor-card.tsx";
import { getSecondFactor } from "#lib/auth/get-second-factor.ts";
import { listApiKeys } from "#lib/auth/list-api-keys.ts";
import { listProjects } from "#lib/auth/list-projects.ts";
import { listSessions } from "#lib/auth/list-sessions.ts";
import { requireSession } from "#lib/auth/session.ts";
import { requirePerson } from "#lib/auth/step-up.ts";

export const metadata: Metadata = { title: "Account" };

export default async function AccountPage() {
  const ctx = await requireSession();
  const person = requirePerson(ctx);
  const [factor, sessions, keys, projects] = await Promise.all([
    getSecondFactor(ctx),
    listSessions(ctx, { currentId: person.sessionId }),
    listApiKeys(ctx, { mine: true }),
    listProjects(ctx),
  ]);
  const project = projects.find(({ current }) => current);
  return (
    <Page title="Account" lead="You, how you sign in, and what acts in your name.">
      <div className="grid items-start gap-4 lg:grid-cols-2">
        <ProfileCard
          name={person.name}
          email={person.email}
          role={person.role ?? "none"}
          grants={person.grants ?? []}
          project={project?.name ?? ctx.projectId}
          hasPassword={factor.hasPassword}
        />
        <SecondFactorCard factor={factor} />
      </div>
      <MySessions sessions={sessions} />
      <MyKeys keys={keys} project={project?.name ?? ctx.projectId} />
    </Page>
  );
}
