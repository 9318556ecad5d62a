/** A span among others. Times are Unix nanoseconds. */
export interface SpanNode {
  /** 16 hex digits. */
  id: string;
  /** Null for a root. */
  parentId: string | null;
  startNs: bigint;
  /** 0: it has not ended. */
  endNs: bigint;
}

/** Where a span stands in the tree and in time. */
export type Arranged<Span> = Span & {
  depth: number;
  /** Since the first span began, in milliseconds. */
  offsetMs: number;
  /** Null while it has not ended. */
  durationMs: number | null;
};

/**
 * Spans in the order of their tree, each followed by its children, which are in the order in which they began. A span whose
 * parent is not there stands at the top; so does the first of those that are their own ancestors.
 */
export function arrangeSpans<Span extends SpanNode>(spans: readonly Span[]): Arranged<Span>[] {
  const inTime = [...spans].sort((a, b) => Number(a.startNs - b.startNs) || (a.id < b.id ? -1 : 1));
  const [first] = inTime;
  if (first === undefined) return [];
  const known = new Set(inTime.map(({ id }) => id));
  const children = new Map<string | null, Span[]>();
  for (const span of inTime) {
    const parent = span.parentId !== null && known.has(span.parentId) ? span.parentId : null;
    const siblings = children.get(parent);
    if (siblings === undefined) children.set(parent, [span]);
    else siblings.push(span);
  }
  const arranged = new Map<string, Arranged<Span>>();
  const add = (top: Span) => {
    // A stack of its own: a trace may be deeper than the program's.
    const waiting = [{ span: top, depth: 0 }];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const { span, depth } = next;
      if (arranged.has(span.id)) continue;
      arranged.set(span.id, {
        ...span,
        depth,
        offsetMs: toMillis(span.startNs - first.startNs),
        durationMs: span.endNs === 0n ? null : toMillis(span.endNs - span.startNs),
      });
      const below = children.get(span.id) ?? [];
      for (const child of below.toReversed()) waiting.push({ span: child, depth: depth + 1 });
    }
  };
  for (const root of children.get(null) ?? []) add(root);
  for (const span of inTime) add(span);
  return [...arranged.values()];
}

function toMillis(nanoseconds: bigint): number {
  return Number(nanoseconds) / 1_000_000;
}
