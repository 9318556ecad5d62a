import { ShieldCheck, TriangleAlert } from "lucide-react";
import { Badge } from "#app/_ui/badge.tsx";
import { CodeBlock, CopyId } from "#app/_ui/copy.tsx";
import { count } from "#app/_ui/format.ts";
import { Stat, StatGrid } from "#app/_ui/stat.tsx";
import { Time } from "#app/_ui/time.tsx";
import type { ChainState } from "#lib/record/schemas.ts";

/** How long the chain is, how far signed checkpoints outside the database cover it, and how to have it verified. */
export function ChainFacts({ chain, keyId }: { chain: ChainState; keyId: string | null }) {
  const open = chain.headSeq - chain.anchoredSeq;
  return (
    <div className="grid items-stretch gap-4 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
      <StatGrid>
        <Stat label="Events" value={count(chain.headSeq)} note={chain.chain} />
        <Stat
          label="Anchored up to"
          value={chain.anchoredSeq === 0 ? "–" : `no. ${count(chain.anchoredSeq)}`}
          note={chain.anchoredAt === null ? "no checkpoint yet" : <Time at={chain.anchoredAt} />}
        />
        <Stat
          label="Outside of checkpoints"
          value={
            open === 0 ? (
              <Badge tone="success" icon={<ShieldCheck aria-hidden />}>
                all anchored
              </Badge>
            ) : (
              <Badge tone={open > 5_000 ? "warning" : "neutral"} icon={open > 5_000 && <TriangleAlert aria-hidden />}>
                {count(open)} not yet
              </Badge>
            )
          }
          note={open === 0 ? "by signed checkpoints" : "the next within minutes"}
        />
        <Stat
          label="Head"
          value={<CopyId id={chain.headHash} label="hash of the head" className="text-sm" />}
          note={keyId === null ? "SHA-256" : `signing key ${keyId.slice(0, 8)}`}
        />
      </StatGrid>
      <section
        aria-label="Verification"
        className="flex min-w-0 flex-col justify-center gap-2 rounded-lg border border-border bg-card px-4 py-3"
      >
        <p className="text-xs text-muted-foreground">
          This recomputes every hash against the anchors and names the first event that does not fit:
        </p>
        <CodeBlock label="the command that verifies" code={`npm run audit -- verify --chain ${chain.chain}`} />
      </section>
    </div>
  );
}
