"use client";
import { useRouter } from "next/navigation";
import { type MouseEvent, useEffect, useRef } from "react";
import { ChartFrame } from "#app/_ui/chart-frame.tsx";
import { plural } from "#app/_ui/format.ts";
import { chartColour } from "#app/_ui/palette.ts";
import { ScrollX } from "#app/_ui/scroll.tsx";
import { layoutLineage } from "#app/(console)/lineage/_components/layout-lineage.ts";
import { EDGE_WORDS, factWords, KIND_WORDS, lineageHref, nodeHref } from "#app/(console)/lineage/_components/words.ts";
import type { LineageGraph, LineageNode } from "#lib/record/schemas.ts";

const WIDTH = 204;
const HEIGHT = 46;
const GAP_X = 60;
const GAP_Y = 14;
const PAD = 16;
/** What has room in a box: of the name, and of the smaller line below it. */
const LETTERS = { title: 27, note: 34 };
/** How far the pictures of this console look. */
const DEPTH = 3;
const MOST_HEIGHT = 520;

const left = (column: number) => PAD + column * (WIDTH + GAP_X);
const top = (row: number) => PAD + row * (HEIGHT + GAP_Y);
const cut = (text: string, most: number) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

/**
 * Where something comes from (left) and what came of it (right). Every box is a link; readers hear a list of sentences
 * instead of lines. `all`: also the runs that led to nothing, one by one.
 */
export function LineagePicture({ graph, all = false }: { graph: LineageGraph; all?: boolean }) {
  const { nodes, edges, columns, rows, folded } = layoutLineage(graph, { all });
  // That data trained what was only trained again goes without saying, and without a line across the picture.
  const again = new Set(edges.flatMap(({ kind, to }) => (kind === "reproduced" ? [to] : [])));
  const drawn = edges.filter(({ kind, to }) => kind !== "trained" || !again.has(to));
  const frame = useRef<HTMLDivElement>(null);
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const nameOf = (id: string) => {
    const node = byId.get(id);
    return node === undefined ? id : `${KIND_WORDS[node.kind]} ${node.label}`;
  };
  const start = byId.get(graph.from);
  // What was left out may also be a mere relative, which is not drawn anyway.
  const isCut = graph.truncated && nodes.some(({ distance }) => distance >= DEPTH);
  const [width, height] = [left(columns) - GAP_X + PAD, top(rows) - GAP_Y + PAD];
  const middle = left(start?.column ?? 0) + WIDTH / 2;
  useEffect(() => {
    const place = frame.current;
    if (place !== null) place.scrollLeft = middle - place.clientWidth / 2;
  }, [middle]);
  return (
    <ChartFrame
      title="Lineage"
      note={isCut ? "the nearest part; further away there is more" : "causes at the left, effects at the right"}
      height={Math.max(90, Math.min(MOST_HEIGHT, height))}
      file={`lineage-${graph.from.replaceAll(/[^\w.-]+/g, "-")}`}
      columns={["from", "relation", "to"]}
      rows={edges.map(({ from, kind, to }) => [nameOf(from), EDGE_WORDS[kind], nameOf(to)])}
    >
      <ScrollX ref={frame} label="Picture of the lineage" className="h-full overflow-auto">
        <ul className="sr-only">
          {edges.map(({ from, kind, to }) => (
            <li key={`${from} ${kind} ${to}`}>
              {nameOf(from)} {EDGE_WORDS[kind]} {nameOf(to)}
            </li>
          ))}
        </ul>
        <svg data-drawing width={width} height={height} className="mx-auto block" fontSize="11">
          <title>Lineage</title>
          <g aria-hidden fill="none" stroke="var(--input)" strokeWidth="1.5">
            {drawn.map(({ from, kind, to }) => {
              const [a, b] = [byId.get(from), byId.get(to)];
              if (a === undefined || b === undefined) return null;
              return (
                <path
                  key={`${from} ${kind} ${to}`}
                  d={line(a, b)}
                  strokeDasharray={kind === "reproduced" ? "4 3" : undefined}
                />
              );
            })}
            {folded !== null && byId.has(folded.from) && (
              <path d={line(byId.get(folded.from) ?? folded, folded)} strokeDasharray="2 3" />
            )}
          </g>
          {nodes.map((node) => (
            <NodeBox key={node.id} {...node} isStart={node.id === graph.from} />
          ))}
          {folded !== null && (
            <Box
              {...folded}
              href={`${lineageHref(graph.from)}&all=true`}
              title={plural(folded.count, "further run")}
              note="led to no version; show them"
              colour="var(--border)"
            />
          )}
        </svg>
      </ScrollX>
    </ChartFrame>
  );
}

interface Place {
  column: number;
  row: number;
}

function line(a: Place, b: Place): string {
  const [x1, y1] = [left(a.column) + WIDTH, top(a.row) + HEIGHT / 2];
  const [x2, y2] = [left(b.column), top(b.row) + HEIGHT / 2];
  const bend = Math.max(GAP_X / 2, (x2 - x1) / 2);
  return `M${x1},${y1} C${x1 + bend},${y1} ${x2 - bend},${y2} ${x2},${y2}`;
}

function NodeBox(props: LineageNode & Place & { isStart: boolean }) {
  const { kind } = props;
  const facts = factWords(props, { short: true });
  return (
    <Box
      {...props}
      href={nodeHref(props)}
      title={props.label}
      note={`${KIND_WORDS[kind]}${facts === "" ? "" : `, ${facts}`}`}
      colour={chartColour(Object.keys(KIND_WORDS).indexOf(kind))}
    />
  );
}

function Box(props: Place & { href: string; title: string; note: string; colour: string; isStart?: boolean }) {
  const { href, title, note, colour, isStart = false } = props;
  const router = useRouter();
  const follow = (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    router.push(href);
  };
  const [x, y] = [left(props.column), top(props.row)];
  return (
    <a href={href} onClick={follow} aria-current={isStart ? "true" : undefined} aria-label={`${title}: ${note}`}>
      <title>{`${title}: ${note}`}</title>
      <rect
        x={x}
        y={y}
        width={WIDTH}
        height={HEIGHT}
        rx="5"
        fill={isStart ? "var(--accent)" : "var(--card)"}
        stroke={isStart ? "var(--primary)" : "var(--input)"}
        strokeWidth={isStart ? 2 : 1}
      />
      <rect x={x + 5} y={y + 8} width="3" height={HEIGHT - 16} rx="1.5" fill={colour} />
      <text x={x + 15} y={y + 19} fontSize="12" fontWeight="600" fill="var(--foreground)">
        {cut(title, LETTERS.title)}
      </text>
      <text x={x + 15} y={y + 35} fill="var(--muted-foreground)">
        {cut(note, LETTERS.note)}
      </text>
    </a>
  );
}
