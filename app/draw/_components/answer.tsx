import Link from "next/link";
import { Button } from "#app/_ui/button.tsx";
import { DigitImage } from "#app/_ui/digit-image.tsx";
import type { Reading } from "#app/draw/_components/digit-reader.ts";
import { ProbabilityBars } from "#app/draw/_components/probability-bars.tsx";
import { type Verdict, verdictOf } from "#app/draw/_components/verdict-of.ts";

/** What the model says: the digit, how sure it is, what it saw, and who answered. Every part keeps its place and size. */
export function Answer({ reading, empty }: { reading: Reading; empty: boolean }) {
  const { reply, settled } = reading;
  const verdict = reply ? verdictOf(reply) : null;
  return (
    <section aria-label="Answer" className="min-w-0">
      <div className="flex h-28 items-stretch gap-3">
        <output className="flex min-w-0 flex-1 items-center gap-4 rounded-lg border border-border bg-card px-4">
          <Headline reading={reading} verdict={verdict} empty={empty} />
        </output>
        <figure className="flex shrink-0 flex-col items-center justify-between">
          <DigitImage pixels={base64Of(reading.pixels)} alt="The 28×28 image that the model sees" size={88} />
          <figcaption className="text-xs text-muted-foreground">What the model sees</figcaption>
        </figure>
      </div>
      <div className="mt-3">
        <ProbabilityBars
          probabilities={reply?.probabilities ?? null}
          best={verdict?.best ?? null}
          provisional={!settled}
        />
      </div>
      <p className="mt-2 min-h-5 text-xs text-muted-foreground tabular">
        {reply && (
          <>
            <Link href={`/models/${reply.model.name}`} prefetch={false} className="underline underline-offset-2">
              {reply.model.name} version {reply.model.version}
            </Link>
            {` · ${reply.latencyMs.toFixed(1)} ms in the server · ${Math.round(reading.roundTripMs ?? 0)} ms in all`}
          </>
        )}
      </p>
    </section>
  );
}

function Headline({ reading, verdict, empty }: { reading: Reading; verdict: Verdict | null; empty: boolean }) {
  const { failure, refusal, settled } = reading;
  if (empty) return <Words title="Draw a digit from 0 to 9" text="The model in production reads it as you draw." />;
  if (refusal) return <Words title={refusal.message} text={refusal.remedy} />;
  if (failure) return <Failure {...failure} />;
  if (!verdict) return <Words title="…" text="" />;
  return (
    <>
      <span className={`font-mono text-6xl leading-none font-semibold ${settled ? "" : "opacity-45"}`}>
        {verdict.sure ? verdict.best : "?"}
      </span>
      <span className="min-w-0">
        <span className="block text-base font-medium">
          {verdict.sure ? `${(verdict.confidence * 100).toFixed(1)} % sure` : "Not sure"}
        </span>
        <span className="block text-xs text-muted-foreground">
          {verdict.sure ? (settled ? "Read" : "Reading…") : `It could be a ${verdict.best} or a ${verdict.second}.`}
        </span>
      </span>
    </>
  );
}

function Failure({ code, message }: { code: string; message: string }) {
  if (code === "no_model") {
    return (
      <Words
        title="No model is in production yet"
        text="The first training run that finishes is put there. Your drawing is read as soon as one is."
        action={{ href: "/runs", label: "See the runs" }}
      />
    );
  }
  if (code === "unauthenticated") {
    return (
      <Words
        title="Sign in to use the model"
        text="This server answers only people it knows."
        action={{ href: "/sign-in", label: "Sign in" }}
      />
    );
  }
  return <Words title="No answer" text={message} />;
}

function Words({ title, text, action }: { title: string; text: string; action?: { href: string; label: string } }) {
  return (
    <span className="min-w-0">
      <span className="block text-base font-medium">{title}</span>
      <span className="block text-xs text-muted-foreground">{text}</span>
      {action && (
        <Button asChild size="sm" className="mt-1.5">
          <Link href={action.href} prefetch={false}>
            {action.label}
          </Link>
        </Button>
      )}
    </span>
  );
}

const BLANK = "A".repeat(1046).concat("==");

function base64Of(pixels: Uint8Array | null): string {
  return pixels ? btoa(String.fromCharCode(...pixels)) : BLANK;
}
