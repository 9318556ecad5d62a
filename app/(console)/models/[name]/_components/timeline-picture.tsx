"use client";
import { type KeyboardEvent, useRef, useState } from "react";
import { ChartFrame } from "#app/_ui/chart-frame.tsx";
import { percent, plural } from "#app/_ui/format.ts";
import { BarFacts } from "#app/(console)/models/[name]/_components/bar-facts.tsx";
import { drawnVersions, timeScale } from "#app/(console)/models/[name]/_components/timeline-scale.ts";
import type { StageBar, Timeline, TimelineVersion } from "#lib/record/schemas.ts";
import type { Stage } from "#lib/registry/status.ts";

const MOST = 12;
const ROW = 42;
const AXIS = 26;
/** Stages differ by height as well as by colour. */
const LOOKS: Record<Stage, { height: number; fill: string }> = {
  Production: { height: 18, fill: "var(--success)" },
  Staging: { height: 12, fill: "var(--primary)" },
  None: { height: 4, fill: "var(--input)" },
  Archived: { height: 4, fill: "var(--border)" },
};

/** Arrows go along the bars, version by version. */
const STEPS: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

interface Chosen {
  version: TimelineVersion;
  bar: StageBar;
}

/**
 * Which version was in which stage when. What has the pointer or the focus is told below; a click keeps it, so that the
 * pointer can get to its links. One stop of Tab, arrows move between the bars. `at`: a moment to mark.
 */
export function TimelinePicture({ timeline, at }: { timeline: Timeline; at: string | null }) {
  const versions = drawnVersions(timeline.versions, MOST);
  const bars = versions.flatMap((version) => version.bars.map((bar): Chosen => ({ version, bar })));
  const [key, setKey] = useState<string | null>(null);
  const chosen = bars.find((one) => keyOf(one) === key) ?? inProduction(versions) ?? bars[0] ?? null;
  const [kept, setKept] = useState(false);
  const drawing = useRef<SVGSVGElement>(null);
  const onKeyDown = (event: KeyboardEvent) => {
    const by = STEPS[event.key];
    const all = [...(drawing.current?.querySelectorAll<SVGGElement>("[data-bar]") ?? [])];
    if (by === undefined || all.length === 0) return;
    event.preventDefault();
    const now = all.findIndex((one) => one.matches(":focus"));
    all[Math.min(all.length - 1, Math.max(0, now + by))]?.focus();
  };
  const scale = timeScale(timeline);
  const hidden = timeline.versions.length - versions.length;
  const bottom = versions.length * ROW + 8;
  const group = { role: "group", onKeyDown };
  return (
    <div className="min-w-0 space-y-2">
      <ChartFrame
        title="What was live when"
        note={hidden > 0 ? `UTC; ${plural(hidden, "further version")} in the table only` : "UTC"}
        height={bottom + AXIS}
        file={`${timeline.modelName}-timeline`}
        columns={["version", "stage", "from", "until", "by", "approval"]}
        rows={timeline.versions.flatMap(({ version, bars }) =>
          bars.map((bar) => [String(version), bar.stage, bar.from, bar.to, bar.actorLabel, bar.approvalId]),
        )}
      >
        <svg ref={drawing} data-drawing {...group} width="100%" height={bottom + AXIS} className="block" fontSize="11">
          <title>{`Stages of the versions of ${timeline.modelName}`}</title>
          {scale.ticks.map((tick, index) => (
            <g key={tick.at}>
              <line x1={`${tick.at}%`} x2={`${tick.at}%`} y1={4} y2={bottom} stroke="var(--border)" />
              <text
                x={`${tick.at}%`}
                y={bottom + 16}
                textAnchor={index === 0 ? "start" : index === scale.ticks.length - 1 ? "end" : "middle"}
                fill="var(--muted-foreground)"
              >
                {tick.label}
              </text>
            </g>
          ))}
          {versions.map((version, row) => (
            <g key={version.version}>
              <text
                x="2%"
                y={row * ROW + 17}
                fontSize="12"
                fill="var(--foreground)"
                stroke="var(--card)"
                strokeWidth="4"
                paintOrder="stroke"
              >
                <tspan fontWeight="600">version {version.version}</tspan>
                <tspan fill="var(--muted-foreground)"> {percent(version.testAccuracy)}</tspan>
              </text>
              {version.bars.map((bar) => {
                const { height, fill } = LOOKS[bar.stage];
                const left = scale.at(bar.from);
                const width = scale.at(bar.to ?? timeline.to) - left;
                const isChosen = chosen?.bar === bar;
                const choose = () => setKey(keyOf({ version, bar }));
                const button = {
                  role: "button",
                  tabIndex: isChosen ? 0 : -1,
                  "aria-pressed": isChosen,
                  "aria-label": `Version ${version.version}: ${bar.stage} from ${short(bar.from)} to ${bar.to === null ? "now" : short(bar.to)}, by ${bar.actorLabel}`,
                  onMouseEnter: () => kept || choose(),
                  onFocus: choose,
                  onClick: () => {
                    choose();
                    setKept(!(kept && isChosen));
                  },
                };
                return (
                  <g key={keyOf({ version, bar })} data-bar {...button} className="cursor-pointer">
                    <rect
                      x={`${left}%`}
                      y={row * ROW + 20}
                      height={20}
                      fill="transparent"
                      style={{ width: `max(6px, ${width}%)` }}
                    />
                    <rect
                      x={`${left}%`}
                      y={row * ROW + 30 - height / 2}
                      height={height}
                      rx="2"
                      fill={fill}
                      stroke={isChosen ? "var(--foreground)" : "none"}
                      strokeWidth={isChosen ? 1.5 : 0}
                      style={{ width: `max(3px, ${width}%)` }}
                    />
                  </g>
                );
              })}
            </g>
          ))}
          {at !== null && (
            <line
              x1={`${scale.at(at)}%`}
              x2={`${scale.at(at)}%`}
              y1={0}
              y2={bottom}
              stroke="var(--foreground)"
              strokeDasharray="4 3"
            />
          )}
        </svg>
      </ChartFrame>
      <div aria-live="polite" className="h-40 rounded-lg border border-border bg-card px-4 py-2.5 sm:h-24">
        {chosen !== null && <BarFacts timeline={timeline} {...chosen} />}
      </div>
    </div>
  );
}

/** Holds also when the same is read again. */
const keyOf = ({ version, bar }: Chosen) => `${version.version} ${bar.from} ${bar.stage}`;

function inProduction(versions: readonly TimelineVersion[]): Chosen | null {
  const version = versions.find((one) => one.stage === "Production");
  const bar = version?.bars.at(-1);
  return version === undefined || bar === undefined ? null : { version, bar };
}

const short = (iso: string) => `${iso.slice(0, 16).replace("T", " ")} UTC`;
