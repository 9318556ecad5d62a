import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { SignOutButton } from "#app/no-project/_components/sign-out-button.tsx";
import { NO_PROJECT } from "#lib/auth/resolve-session.ts";
import { currentSession } from "#lib/auth/session.ts";

export const metadata: Metadata = { title: "No project" };

/** For somebody who has an account and is in no project: all that there is belongs to one. */
export default async function NoProjectPage() {
  const found = await currentSession();
  if (found === null) redirect("/sign-in");
  const { ctx, session } = found;
  if (ctx.projectId !== NO_PROJECT) redirect("/");
  return (
    <main className="grid min-h-dvh place-items-center p-4">
      <div className="w-full max-w-sm space-y-4">
        <h1 className="text-xl font-semibold">You are in no project yet</h1>
        <p className="text-muted-foreground">
          You are signed in as <strong className="text-foreground">{session.actor.email}</strong>. Ask an admin for an
          invitation to a project, and open its link in this browser.
        </p>
        <SignOutButton />
      </div>
    </main>
  );
}
