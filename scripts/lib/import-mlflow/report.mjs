import { messageOf } from "../failure.mjs";

const KINDS = /** @type {const} */ ([
  "experiments",
  "runs",
  "params",
  "tags",
  "metric points",
  "dataset inputs",
  "files",
  "bytes",
  "logged models",
  "registered models",
  "model versions",
  "aliases",
  "stages",
]);

/** @typedef {(typeof KINDS)[number]} Kind */

/** What was read, what was written, what was there already, and what could not be carried and why. */
export class Report {
  constructor() {
    /** @type {Map<Kind, { read: number, written: number, there: number }>} */
    this.counts = new Map(KINDS.map((kind) => [kind, { read: 0, written: 0, there: 0 }]));
    /** @type {{ what: string, why: string }[]} */
    this.notCarried = [];
    /** @type {Set<string>} */
    this.incomplete = new Set();
    /** @type {string[]} */
    this.notes = [];
  }

  /**
   * @param {Kind} kind
   * @param {"read" | "written" | "there"} how
   * @param {number} [by]
   */
  count(kind, how, by = 1) {
    const counts = this.counts.get(kind);
    if (counts) counts[how] += by;
  }

  /**
   * @param {string} what such as `run 0123… · file model/model.pkl`
   * @param {unknown} why
   */
  leave(what, why) {
    // A server may say a stack; its first line is for people.
    this.notCarried.push({ what, why: messageOf(why).split("\n", 1)[0]?.slice(0, 500) ?? "" });
    this.incomplete.add(what.split(" · ", 1)[0] ?? what);
  }

  /**
   * Nothing of it stayed behind.
   * @param {string} what such as `run 0123…`
   */
  isWhole(what) {
    return !this.incomplete.has(what);
  }

  /**
   * What is true of the whole, told once.
   * @param {string} line
   */
  note(line) {
    if (!this.notes.includes(line)) this.notes.push(line);
  }

  toJSON() {
    return { counts: Object.fromEntries(this.counts), notCarried: this.notCarried, notes: this.notes };
  }

  /** The table for people, with the first of what was left behind. */
  toString() {
    const rows = [...this.counts].filter(([, { read, written, there }]) => read + written + there > 0);
    const line = (/** @type {string[]} */ cells) =>
      cells.map((cell, at) => (at ? cell.padStart(14) : cell.padEnd(20))).join("");
    const number = (/** @type {number} */ value) => value.toLocaleString("en");
    const table = [
      line(["", "read", "written", "there already"]),
      ...rows.map(([kind, { read, written, there }]) => line([kind, number(read), number(written), number(there)])),
    ];
    const left = this.notCarried.slice(0, 20).map(({ what, why }) => `  ${what}: ${why}`);
    const more = this.notCarried.length - left.length;
    return [
      ...table,
      ...this.notes.map((note) => `Note: ${note}`),
      ...(left.length ? [`Not carried (${number(this.notCarried.length)}):`, ...left] : ["Everything was carried."]),
      ...(more > 0 ? [`  … and ${number(more)} more, in the report's file`] : []),
    ].join("\n");
  }
}
