import { text } from "./endpoint.mjs";

/** @typedef {import("./endpoint.mjs").Json} Json */

/** Where a thing is from: `<source>#<its id there>`. Whatever has it was imported. */
export const FROM = "assay.imported.from";
/** On a thing whose import is not over; taken off at the end. */
export const UNFINISHED = "assay.imported.unfinished";
/** The number that a model's version had. */
export const OLD_VERSION = "assay.imported.version";

const OURS = new Set([FROM, UNFINISHED, OLD_VERSION]);

/**
 * @param {unknown} tags `[{ key, value }]` of the wire
 * @returns {Map<string, string>}
 */
export function tagMap(tags) {
  if (!Array.isArray(tags)) return new Map();
  return new Map(tags.map((tag) => [text(tag?.key), text(tag?.value)]));
}

/**
 * The old id of an imported thing, whatever the source was called then; undefined of any other.
 * @param {unknown} tags
 */
export function oldIdOf(tags) {
  const from = tagMap(tags).get(FROM);
  return from === undefined ? undefined : from.slice(from.lastIndexOf("#") + 1);
}

/**
 * The tags to carry: those of an earlier import between other servers stay behind.
 * @param {unknown} tags
 */
export function tagsOf(tags) {
  return [...tagMap(tags)].filter(([key]) => key !== "" && !OURS.has(key)).map(([key, value]) => ({ key, value }));
}
