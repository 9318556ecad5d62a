import Link from "next/link";
import type { ReactNode } from "react";
import { DigitImage } from "#app/_ui/digit-image.tsx";
import type { Reading } from "#app/draw/_components/digit-reader.ts";
import { ProbabilityBars } from "#app/draw/_components/probability-bars.tsx";
import { type Verdict, verdictOf } from "#app/draw/_components/verdict-of.ts";
import { WasItRight } from "#app/draw/_components/was-it-right.tsx";

/** What the model says: the digit, how sure it is, what it saw, and who answered. Every part keeps its place and size. */
export function Answer({ reading, empty }: { reading: Reading; empty: boolean }) {
  const { reply, settled, refusal } = reading;
  const verdict = reply ? verdictOf(reply) : null;
  return (
    <section aria-label="Answer" className="min-w-0">
      <div className="flex h-26 items-stretch gap-3">
        <div className="flex min-w-0 flex-1 items-center gap-4 rounded-lg border border-border bg-card px-4">
          <Headline reading={reading} verdict={verdict} empty={empty} />
        </div>
        <figure className="flex shrink-0 flex-col items-center justify-between">
          <DigitImage pixels={base64Of(reading.pixels)} alt="The 28×28 image that the model sees" size={80} />
          <figcaption className="text-xs text-muted-foreground">What the model sees</figcaption>
        </figure>
      </div>
      <output className="sr-only">{settled ? (refusal?.message ?? (verdict && spoken(verdict))) : ""}</output>
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
      <div className="mt-2 min-h-8">
        {settled && reply && verdict && (
          <WasItRight key={reply.requestId} requestId={reply.requestId} prediction={verdict.best} sure={verdict.sure} />
        )}
      </div>
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
          {verdict.sure ? `${percent(verdict.confidence)} sure` : "Not sure"}
        </span>
        <span className="block text-xs text-muted-foreground tabular">
          {verdict.sure
            ? `Next: ${verdict.second}, ${percent(verdict.secondConfidence)}`
            : `It could be a ${verdict.best} or a ${verdict.second}.`}
        </span>
      </span>
    </>
  );
}

function Failure({ code, message }: { code: string; message: string }) {
  if (code === "no_model") {
    return (
      <Words title="No model in production yet" text="The first finished run is put there, and then reads this. ">
        <InlineLink href="/runs">See the runs</InlineLink>
      </Words>
    );
  }
  if (code === "unauthenticated") {
    return (
      <Words title="Sign in to use the model" text="This server answers only people it knows. ">
        <InlineLink href="/sign-in">Sign in</InlineLink>
      </Words>
    );
  }
  return <Words title="No answer" text={message} />;
}

function Words({ title, text, children }: { title: string; text: string; children?: ReactNode }) {
  return (
    <span className="min-w-0">
      <span className="block text-base leading-5 font-medium">{title}</span>
      <span className="mt-0.5 block text-xs text-muted-foreground">
        {text}
        {children}
      </span>
    </span>
  );
}

function InlineLink({ href, children }: { href: string; children: ReactNode }) {
  return (
    <Link href={href} prefetch={false} className="font-medium text-primary underline underline-offset-2">
      {children}
    </Link>
  );
}

function spoken({ sure, best, second, confidence }: Verdict): string {
  return sure ? `${best}, ${percent(confidence)} sure` : `Not sure: ${best} or ${second}`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

const BLANK = "A".repeat(1046).concat("==");

function base64Of(pixels: Uint8Array | null): string {
  return pixels ? btoa(String.fromCharCode(...pixels)) : BLANK;
}
