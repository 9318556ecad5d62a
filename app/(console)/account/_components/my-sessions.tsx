"use client";
import { Button } from "#app/_ui/button.tsx";
import { Card } from "#app/_ui/card.tsx";
import { plural } from "#app/_ui/format.ts";
import { useAsk } from "#app/(console)/settings/_components/ask.tsx";
import { SessionList } from "#app/(console)/settings/_components/session-list.tsx";
import { useAct } from "#app/(console)/settings/_components/use-act.ts";
import type { SessionSummary } from "#lib/auth/schemas.ts";

/** Where one is signed in; any of it can be ended, this one by signing out. */
export function MySessions({ sessions }: { sessions: readonly SessionSummary[] }) {
  const act = useAct();
  const { ask, question } = useAsk();
  const others = sessions.filter(({ current }) => !current);
  const endAll = () => act("DELETE", "/api/sessions", { done: "Only this session is left" });
  return (
    <Card
      title="Sessions"
      flush
      aside={
        others.length > 0 && (
          <Button
            size="sm"
            onClick={() =>
              ask({
                title: `End ${plural(others.length, "other session")}?`,
                text: "Every browser but this one has to sign in again.",
                action: "End the others",
                run: endAll,
              })
            }
          >
            End all others
          </Button>
        )
      }
    >
      <SessionList
        sessions={sessions}
        onEnd={({ id }) => act("DELETE", `/api/sessions/${id}`, { done: "The session has ended" })}
      />
      {question}
    </Card>
  );
}
