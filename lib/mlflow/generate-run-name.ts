import { randomInt } from "node:crypto";

const QUALITIES = [
  ...["able", "bold", "brave", "bright", "calm", "clean", "clever", "crisp", "eager", "fair", "fast", "fine", "fresh"],
  ...[
    "gentle",
    "glad",
    "grand",
    "handy",
    "happy",
    "keen",
    "kind",
    "lively",
    "lucky",
    "merry",
    "neat",
    "nimble",
    "noble",
  ],
  ...["plucky", "polite", "proud", "quick", "quiet", "rare", "ready", "sharp", "silent", "smooth", "steady", "sunny"],
  ...["swift", "tidy", "upbeat", "vivid", "warm", "wise", "witty", "young", "zesty"],
];
const ANIMALS = [
  ...["ant", "badger", "bear", "bee", "bison", "boar", "cat", "colt", "cod", "crab", "crane", "crow", "deer", "doe"],
  ...["dove", "duck", "eel", "elk", "ewe", "finch", "fox", "frog", "gnu", "goat", "goose", "gull", "hare", "hawk"],
  ...["hen", "heron", "horse", "jay", "kite", "lamb", "lark", "lynx", "mole", "moth", "mouse", "newt", "otter", "owl"],
  ...["panda", "perch", "quail", "ram", "rat", "robin", "seal", "shad", "skink", "sloth", "snail", "squid", "stag"],
  ...["stork", "swan", "toad", "trout", "vole", "wasp", "whale", "wolf", "wren", "yak"],
];

/** A name for a run without one, such as `swift-otter-417`: easier to speak of than an id, not unique. */
export function generateRunName(): string {
  const pick = (words: string[]) => words[randomInt(words.length)] ?? "run";
  return `${pick(QUALITIES)}-${pick(ANIMALS)}-${randomInt(1_000)}`;
}
