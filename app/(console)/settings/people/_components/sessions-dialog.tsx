"use client";
import { useEffect, useState } from "react";
import { z } from "zod";
import { act } from "#app/_live/act.ts";
import { call } from "#app/_live/api.ts";
import { Dialog } from "#app/_ui/dialog.tsx";
import { ErrorCard } from "#app/_ui/error-card.tsx";
import { Skeleton } from "#app/_ui/skeleton.tsx";
import { SessionList } from "#app/(console)/settings/_components/session-list.tsx";
import { SessionSummary, type User } from "#lib/auth/schemas.ts";

const Sessions = z.object({ items: z.array(SessionSummary) });

/** A person's open sessions, each of which an admin of the instance may end. */
export function SessionsDialog({ person, onClose }: { person: User; onClose(): void }) {
  const [sessions, setSessions] = useState<readonly SessionSummary[] | null>(null);
  const [problem, setProblem] = useState<string>();
  const path = `/api/users/${person.id}/sessions`;

  useEffect(() => {
    const stop = new AbortController();
    call("GET", path, { reply: Sessions, signal: stop.signal }).then(
      (reply) => setSessions(reply.items),
      (error: unknown) => {
        if (!stop.signal.aborted) setProblem(error instanceof Error ? error.message : "That did not work.");
      },
    );
    return () => stop.abort();
  }, [path]);

  const end = (session: SessionSummary) =>
    act(
      async () => {
        await call("DELETE", `${path}/${session.id}`, { reply: z.unknown() });
        setSessions((before) => before?.filter(({ id }) => id !== session.id) ?? null);
      },
      { done: `A session of ${person.name} has ended` },
    );

  return (
    <Dialog
      open
      wide
      onOpenChange={onClose}
      title={`Sessions of ${person.name}`}
      description="Where they are signed in now. A session that is ended is out at its next request."
    >
      {problem !== undefined && <ErrorCard title="The sessions could not be read">{problem}</ErrorCard>}
      {sessions === null && problem === undefined && <Skeleton className="h-24" />}
      {sessions?.length === 0 && <p className="py-6 text-center text-muted-foreground">Not signed in anywhere.</p>}
      {sessions !== null && sessions.length > 0 && <SessionList sessions={sessions} onEnd={end} />}
    </Dialog>
  );
}
