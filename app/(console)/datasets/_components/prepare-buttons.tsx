"use client";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { act } from "#app/_live/act.ts";
import { call } from "#app/_live/api.ts";
import { usePoll } from "#app/_live/use-poll.ts";
import { Button } from "#app/_ui/button.tsx";
import { PrepareReply } from "#lib/datasets/schemas.ts";
import { type DatasetSource, SOURCE_FACTS } from "#lib/datasets/sources.ts";

const WORDS: Record<DatasetSource, string> = { mnist: "Fetch MNIST", "synthetic-digits": "Draw synthetic digits" };

/** Asks a worker for the sources that are not there yet, and looks for them while one is under way. */
export function PrepareButtons({ sources }: { sources: DatasetSource[] }) {
  const router = useRouter();
  const [asked, setAsked] = useState<readonly DatasetSource[]>([]);
  const waiting = asked.filter((source) => sources.includes(source));
  usePoll(async () => router.refresh(), waiting.length > 0 ? 3_000 : null);
  const ask = (source: DatasetSource) =>
    act(
      async () => {
        setAsked([...asked, source]);
        const reply = await call("POST", "/api/datasets/prepare", { body: { source }, reply: PrepareReply }).catch(
          (error) => {
            setAsked(asked);
            throw error;
          },
        );
        if (reply.state === "ready") router.refresh();
      },
      { done: `${SOURCE_FACTS[source].title}: a worker takes it up` },
    );
  return sources.map((source) => (
    <Button key={source} disabled={waiting.includes(source)} onClick={() => void ask(source)}>
      {waiting.includes(source) ? `${SOURCE_FACTS[source].title} is on its way…` : WORDS[source]}
    </Button>
  ));
}
