"use client";
import { useEffect, useState } from "react";
import { ApiFailure, call } from "#app/_live/api.ts";
import { ErrorCard } from "#app/_ui/error-card.tsx";
import { Skeleton } from "#app/_ui/skeleton.tsx";
import { Time } from "#app/_ui/time.tsx";
import { AcceptForm } from "#app/invite/_components/accept-form.tsx";
import { JoinForm } from "#app/invite/_components/join-form.tsx";
import { linkToken } from "#app/invite/_components/link-token.ts";
import { NoInvitation } from "#app/invite/_components/no-invitation.tsx";
import { OpenInvitation } from "#lib/auth/schemas.ts";

type Found = { token: string; invitation: OpenInvitation } | "none" | { problem: string };

/** Looks up what the link is for and offers what its holder can do with it. `signedInAs` is this browser's address. */
export function Invitation({ signedInAs }: { signedInAs: string | null }) {
  const [found, setFound] = useState<Found | null>(null);
  useEffect(() => {
    const stop = new AbortController();
    const look = () => void lookUp(stop.signal).then((next) => !stop.signal.aborted && setFound(next));
    look();
    // Another link pasted over this one changes the fragment only.
    window.addEventListener("hashchange", look);
    return () => {
      stop.abort();
      window.removeEventListener("hashchange", look);
    };
  }, []);

  if (found === null) {
    return (
      <div role="status" aria-label="Looking up the invitation" className="space-y-6">
        <Skeleton className="h-11" />
        <Skeleton className="h-64" />
      </div>
    );
  }
  if (found === "none") return <NoInvitation />;
  if ("problem" in found) {
    return (
      <>
        <h1 className="text-xl font-semibold">Invitation</h1>
        <ErrorCard title="The invitation could not be looked up">
          <p>{found.problem} Open the link again in a moment.</p>
        </ErrorCard>
      </>
    );
  }
  const { token, invitation } = found;
  return (
    <>
      <div className="space-y-1">
        <h1 className="text-xl font-semibold">Join {invitation.projectName}</h1>
        <p className="text-sm text-muted-foreground">
          You are invited as <strong className="font-medium text-foreground">{invitation.role}</strong>, with the
          address <strong className="font-medium text-foreground">{invitation.email}</strong>. The link ends{" "}
          <Time at={invitation.expiresAt} />.
        </p>
      </div>
      {invitation.hasAccount || signedInAs !== null ? (
        <JoinForm token={token} invitation={invitation} signedInAs={signedInAs} />
      ) : (
        <AcceptForm token={token} email={invitation.email} />
      )}
    </>
  );
}

async function lookUp(signal: AbortSignal): Promise<Found> {
  const token = linkToken();
  if (token === null) return "none";
  try {
    const invitation = await call("POST", "/api/invitations/look-up", {
      body: { token },
      reply: OpenInvitation,
      signal,
    });
    return { token, invitation };
  } catch (error) {
    const over = error instanceof ApiFailure && ["no_such_invitation", "invalid"].includes(error.code);
    return over ? "none" : { problem: error instanceof Error ? error.message : "That did not work." };
  }
}
