import type { Metadata } from "next";
import { Invitation } from "#app/invite/_components/invitation.tsx";
import { currentSession } from "#lib/auth/session.ts";

export const metadata: Metadata = { title: "Invitation" };

/** The link's secret is in the address's fragment, which no server sees: the browser looks the invitation up. */
export default async function InvitePage() {
  const found = await currentSession();
  return (
    <main className="grid min-h-dvh place-items-center p-4">
      <div className="w-full max-w-sm space-y-6">
        <Invitation signedInAs={found?.session.actor.email ?? null} />
      </div>
    </main>
  );
}
