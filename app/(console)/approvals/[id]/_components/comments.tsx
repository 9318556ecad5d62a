"use client";
import { type FormEvent, useState } from "react";
import { act } from "#app/_live/act.ts";
import { May } from "#app/_live/may.tsx";
import { Button } from "#app/_ui/button.tsx";
import { Card } from "#app/_ui/card.tsx";
import { describedBy, Field } from "#app/_ui/label.tsx";
import { Textarea } from "#app/_ui/textarea.tsx";
import { Time } from "#app/_ui/time.tsx";
import { sendComment } from "#app/(console)/approvals/_components/calls.ts";
import type { RequestDetail } from "#lib/approvals/schemas.ts";

/** The thread below a request. Comments change no state and stay. */
export function Comments({ request, onDone }: { request: RequestDetail; onDone(): void }) {
  const { id, comments } = request;
  const [text, setText] = useState("");
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    const sent = await act(() => sendComment(id, text.trim()).then(onDone), { done: "The comment is there" });
    if (sent) setText("");
    setBusy(false);
  };
  return (
    <Card title="Discussion" className="max-w-3xl">
      {comments.length === 0 ? (
        <p className="text-muted-foreground">
          Nobody has said anything yet. Ask whoever asked, or say what you looked at.
        </p>
      ) : (
        <ol className="space-y-4">
          {comments.map((comment) => (
            <li key={comment.id}>
              <p className="flex flex-wrap items-baseline gap-x-2">
                <span className="font-medium">{comment.author.name}</span>
                <Time at={comment.at} className="text-xs text-muted-foreground" />
                {comment.round !== request.round && (
                  <span className="text-xs text-muted-foreground">in round {comment.round}</span>
                )}
              </p>
              <p className="mt-0.5 break-words whitespace-pre-wrap">{comment.body}</p>
            </li>
          ))}
        </ol>
      )}
      <May scope="approvals:request">
        <form onSubmit={submit} className="mt-4 space-y-2 border-t border-border pt-3">
          <Field id="comment" label="Your comment" hint="kept with the request; plain text">
            <Textarea
              id="comment"
              aria-describedby={describedBy("comment")}
              maxLength={4_000}
              value={text}
              onChange={(event) => setText(event.target.value)}
            />
          </Field>
          <Button type="submit" disabled={busy || text.trim() === ""}>
            Comment
          </Button>
        </form>
      </May>
    </Card>
  );
}
