import type { LineageEdge, LineageNode } from "#lib/record/schemas.ts";

export const KIND_WORDS: Record<LineageNode["kind"], string> = {
  dataset_version: "dataset",
  run: "run",
  strategy_run: "strategy",
  version: "version",
  deployment: "deployment",
  approval: "approval",
};

/** Read as cause … effect. */
export const EDGE_WORDS: Record<LineageEdge["kind"], string> = {
  trained: "trained",
  member_of: "started",
  became: "became",
  serves: "is served as",
  approved: "let through",
  reproduced: "was trained again as",
};

/** Where one goes from there: its page, or its own lineage where it has none. */
export function nodeHref({ href, id }: Pick<LineageNode, "href" | "id">): string {
  return href ?? lineageHref(id);
}

export function lineageHref(from: string): string {
  return `/lineage?from=${encodeURIComponent(from)}`;
}

/** A node's facts as one line; digests, which nobody reads, only where there is room. */
export function factWords({ facts }: Pick<LineageNode, "facts">, { short = false } = {}): string {
  return Object.entries(facts)
    .filter(([name]) => !(short && name === "digest"))
    .flatMap(([name, value]) => {
      if (name === "stage" && value === "None") return ["no stage"];
      if (name === "test accuracy") return [`${(Number(value) * 100).toFixed(2)} %`];
      if (name === "images") return [`${Number(value).toLocaleString("en-GB")} images`];
      if (name === "synthetic") return value === "true" ? ["synthetic"] : [];
      if (name === "lifecycle") return value === "deleted" ? ["deleted"] : [];
      return [value];
    })
    .join(", ");
}
