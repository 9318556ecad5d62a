import type { Metadata } from "next";
import Link from "next/link";
import { createLoader, parseAsBoolean, parseAsString } from "nuqs/server";
import { notFoundOnMissing } from "#app/_live/not-found.ts";
import { Button } from "#app/_ui/button.tsx";
import { EmptyState } from "#app/_ui/empty-state.tsx";
import { Page } from "#app/_ui/page.tsx";
import { LineagePicture } from "#app/(console)/lineage/_components/lineage-picture.tsx";
import { NodeTable } from "#app/(console)/lineage/_components/node-table.tsx";
import { KIND_WORDS } from "#app/(console)/lineage/_components/words.ts";
import { requireSession } from "#lib/auth/session.ts";
import { getLineage } from "#lib/record/get-lineage.ts";
import { LineageQuery } from "#lib/record/schemas.ts";

export const metadata: Metadata = { title: "Lineage" };

const loadSearch = createLoader({
  from: parseAsString.withDefault(""),
  all: parseAsBoolean.withDefault(false),
});
const LEAD = "What something comes from, and what came of it.";

/** Without a skeleton on purpose: what is not there is a 404, which only holds before the first byte. */
export default async function LineagePage({ searchParams }: PageProps<"/lineage">) {
  const ctx = await requireSession();
  const { from, all } = await loadSearch(searchParams);
  const query = LineageQuery.safeParse({ from, depth: 3, ...(all && { limit: 500 }) });
  if (!query.success) {
    return (
      <Page title="Lineage" lead={LEAD}>
        <EmptyState title="Of what?">
          <p>Choose a model version, a run or a dataset; its page leads to its lineage.</p>
          <div className="flex flex-wrap justify-center gap-2">
            {["models", "runs", "datasets"].map((room) => (
              <Button key={room} asChild>
                <Link href={`/${room}`}>{room.replace(/^./, (letter) => letter.toUpperCase())}</Link>
              </Button>
            ))}
          </div>
        </EmptyState>
      </Page>
    );
  }
  const graph = await getLineage(ctx, query.data).catch(notFoundOnMissing);
  const start = graph.nodes.find(({ id }) => id === graph.from);
  return (
    <Page title={start === undefined ? "Lineage" : `Lineage of ${KIND_WORDS[start.kind]} ${start.label}`} lead={LEAD}>
      <LineagePicture graph={graph} all={all} />
      <NodeTable graph={graph} />
    </Page>
  );
}
