import type { Timeline, TimelineVersion } from "#lib/record/schemas.ts";

/** Room at both ends, so that what begins or ends there is seen, in percent. */
const MARGIN = 2;

export interface TimeScale {
  /** Where a moment stands, in percent of the width; a moment outside stands at the nearer end. */
  at(iso: string): number;
  ticks: { at: number; label: string }[];
}

/** From the model's beginning to now, with four labelled moments, as exact as the length asks for. UTC. */
export function timeScale({ from, to }: Pick<Timeline, "from" | "to">): TimeScale {
  const start = Date.parse(from);
  const length = Math.max(1_000, Date.parse(to) - start);
  const place = (ms: number) => MARGIN + (100 - 2 * MARGIN) * Math.min(1, Math.max(0, (ms - start) / length));
  return {
    at: (iso) => place(Date.parse(iso)),
    ticks: [0, 1, 2, 3].map((third) => {
      const ms = start + (length * third) / 3;
      return { at: place(ms), label: momentLabel(new Date(ms), length) };
    }),
  };
}

const DAY = 86_400_000;

function momentLabel(moment: Date, length: number): string {
  const iso = moment.toISOString();
  if (length < 10 * 60_000) return iso.slice(11, 19);
  if (length < 2 * DAY) return iso.slice(11, 16);
  const day = moment.toLocaleDateString("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });
  return length < 300 * DAY ? day : iso.slice(0, 7);
}

/** The versions to draw: those that were in Staging or Production come first when there is no room for all. Newest first. */
export function drawnVersions(versions: readonly TimelineVersion[], most: number): TimelineVersion[] {
  const mattered = ({ bars }: TimelineVersion) =>
    bars.some(({ stage }) => stage === "Production" || stage === "Staging");
  const kept = [...versions.filter(mattered), ...versions.filter((one) => !mattered(one))].slice(0, most);
  return versions.filter((one) => kept.includes(one));
}
