import { createHash, createPublicKey, verify } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import readline from "node:readline";
import { fileURLToPath } from "node:url";

// The verifier of the audit log. `npm run audit -- export` puts this very file beside the data as verify.mjs: it needs Node
// 20 and nothing else, and does not trust the server. It therefore shares no code with what writes the log.

/**
 * @typedef {{ chain: string, seq: number, at: string, actor: string, onBehalfOf: string | null, action: string, subject: string,
 *   detail: Record<string, unknown>, requestId: string | null, ip: string | null, prev: string, hash: string,
 *   personal?: { salt: string | null, body: unknown } | null | undefined }} EventRow
 *   `personal`: null where the row that the detail names is missing; undefined where it was not exported
 * @typedef {{ chain: string, seq: number, hash: string, at: string, keyId: string, signature: string }} Anchor
 * @typedef {{ chain: string, fromSeq: number, toSeq: number, endHash: string }} Tombstone
 * @typedef {{ kind: string, seq: number, message: string }} Problem
 * @typedef {{ kind: "restored" | "pruned", fromSeq: number, toSeq: number, message: string }} Explained
 * @typedef {{ chain: string, ok: boolean, events: number, firstSeq: number, lastSeq: number, anchoredSeq: number,
 *   problems: Problem[], explained: Explained[] }} ChainReport
 * @typedef {{ id: number, at: string, actor: string, ip: string | null, action: string, reason: string,
 *   requestId: string | null }} DeniedRow
 */

export const GENESIS = "0".repeat(64);
const MOST_PROBLEMS = 20;

/** @param {string} text */
const sha256 = (text) => createHash("sha256").update(text).digest("hex");

/**
 * JSON with keys sorted by UTF-16 code unit, no spaces, whole numbers only (RFC 8785 without fractions).
 * @param {unknown} value
 * @returns {string}
 */
export function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value === "object" && value !== null) {
    const map = /** @type {Record<string, unknown>} */ (value);
    const keys = Object.keys(map).sort();
    return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(map[key])}`).join(",")}}`;
  }
  if (typeof value === "number" && !Number.isSafeInteger(value)) throw new TypeError(`${value} is not a whole number`);
  return typeof value === "number" ? String(value) : JSON.stringify(value ?? null);
}

/**
 * The hash that a row must have. Rows that name a request, an address or a person acted for are hashed with them.
 * @param {EventRow} row
 * @param {1 | 2} version
 */
function eventHash({ chain, seq, at, actor, action, subject, detail, prev, requestId, ip, onBehalfOf }, version) {
  const first = { chain, seq, at, actor, action, subject, detail, prev };
  return sha256(
    `assay-audit-v${version}\n${canonical(version === 1 ? first : { ...first, requestId, ip, onBehalfOf })}`,
  );
}

/**
 * Appenders take the second version; rows of before it was there have the first.
 * @param {EventRow} row
 */
export function hashForAppend(row) {
  return eventHash(row, row.requestId === null && row.ip === null && row.onBehalfOf === null ? 1 : 2);
}

/** @param {EventRow} row */
function isWhole(row) {
  try {
    return eventHash(row, 2) === row.hash || eventHash(row, 1) === row.hash;
  } catch {
    // A fraction: nothing that the application writes.
    return false;
  }
}

/**
 * What a checkpoint's signature is over.
 * @param {{ chain: string, seq: number, hash: string, at: string }} checkpoint
 */
export function checkpointText({ chain, seq, hash, at }) {
  return `assay-checkpoint-v1\n${canonical({ chain, seq, hash, at })}`;
}

/**
 * The first 16 hex digits of the SHA-256 of the public key (SPKI, DER).
 * @param {import("node:crypto").KeyObject} key
 */
export function keyIdOf(key) {
  return createHash("sha256")
    .update(key.export({ type: "spki", format: "der" }))
    .digest("hex")
    .slice(0, 16);
}

/**
 * @param {Anchor} anchor
 * @param {Map<string, import("node:crypto").KeyObject>} keys by key id
 * @returns {string | null} what is wrong with the signature
 */
export function signatureFault(anchor, keys) {
  const key = keys.get(anchor.keyId);
  if (key === undefined)
    return `it was signed by the key ${anchor.keyId}, which is not known here (give it with --key)`;
  const isRight = verify(null, Buffer.from(checkpointText(anchor)), key, Buffer.from(anchor.signature, "base64"));
  return isRight ? null : "the signature does not fit";
}

/**
 * The digest of refused attempts that an event `denied.digest` holds.
 * @param {Iterable<DeniedRow>} rows in the order of their ids
 */
export function deniedDigest(rows) {
  const hash = createHash("sha256").update("assay-denied-v1\n");
  let count = 0;
  for (const { id, at, actor, ip, action, reason, requestId } of rows) {
    hash.update(`${canonical({ id, at, actor, ip, action, reason, requestId })}\n`);
    count += 1;
  }
  return { count, digest: hash.digest("hex") };
}

/**
 * Recomputes a chain, row by row: memory holds one row and the anchors.
 *
 * @param {object} input
 * @param {string} input.chain
 * @param {AsyncIterable<EventRow> | Iterable<EventRow>} input.rows by seq
 * @param {{ seq: number, hash: string } | null} input.head what the database says is the last row
 * @param {Anchor[]} input.anchors of this chain, from outside the database
 * @param {Tombstone[]} input.tombstones of this chain
 * @param {Map<string, import("node:crypto").KeyObject>} input.keys
 * @param {{ seq: number, hash: string }} [input.start] an anchor to begin at: `rows` begin with its row
 * @param {(fromId: number, toId: number) => Promise<{ count: number, digest: string }>} [input.denied]
 * @returns {Promise<ChainReport>}
 */
export async function verifyChain({ chain, rows, head, anchors, tombstones, keys, start, denied }) {
  /** @type {Problem[]} */
  const problems = [];
  /** @type {Explained[]} */
  const explained = [];
  /** @param {string} kind @param {number} seq @param {string} message */
  const report = (kind, seq, message) => {
    if (problems.length < MOST_PROBLEMS) problems.push({ kind, seq, message });
  };
  const byAnchoredSeq = groupBySeq(anchors.filter((anchor) => start === undefined || anchor.seq >= start.seq));
  for (const anchor of [...byAnchoredSeq.values()].flat()) {
    const fault = signatureFault(anchor, keys);
    if (fault !== null) report("signature_wrong", anchor.seq, `The anchor at ${anchor.seq} (${anchor.at}): ${fault}.`);
  }
  const graves = new Map(tombstones.map((tombstone) => [tombstone.fromSeq, tombstone]));
  /** @type {Anchor[]} anchors whose row is not what was anchored */
  const unmet = [];
  /** @type {{ seq: number, upTo: number, at: string }[]} */
  const restores = [];
  /** @type {Record<string, unknown>[]} */
  const prunes = [];
  /** @type {{ seq: number, toId: number, message: string }[]} */
  const deniedFaults = [];
  let expected = start?.seq ?? 1;
  /** @type {string | null} */
  let prev = start === undefined ? GENESIS : null;
  let events = 0;
  let firstSeq = 0;
  let lastSeq = start === undefined ? 0 : start.seq - 1;
  let anchoredSeq = 0;
  /** @param {number} seq @param {string} hash */
  const meet = (seq, hash) => {
    for (const anchor of byAnchoredSeq.get(seq) ?? []) {
      if (anchor.hash === hash) anchoredSeq = Math.max(anchoredSeq, seq);
      else unmet.push(anchor);
    }
    byAnchoredSeq.delete(seq);
  };
  /** @param {number} seq */
  const passGraves = (seq) => {
    for (let grave = graves.get(expected); grave && grave.toSeq < seq; grave = graves.get(expected)) {
      const { fromSeq, toSeq, endHash } = grave;
      explained.push({ kind: "pruned", fromSeq, toSeq, message: `Events ${fromSeq} to ${toSeq} were pruned.` });
      if (!byAnchoredSeq.get(toSeq)?.some((anchor) => anchor.hash === endHash)) {
        report(
          "tombstone_differs",
          toSeq,
          `No anchor vouches for the end of the pruned events ${fromSeq} to ${toSeq}.`,
        );
      }
      for (const anchored of [...byAnchoredSeq.keys()]) if (anchored < toSeq) byAnchoredSeq.delete(anchored);
      meet(toSeq, endHash);
      prev = endHash;
      expected = toSeq + 1;
      lastSeq = toSeq;
    }
  };

  for await (const row of rows) {
    events += 1;
    if (row.seq < expected) {
      report("duplicate", row.seq, `Event ${row.seq} is there twice, or out of order.`);
      continue;
    }
    passGraves(row.seq);
    if (row.seq > expected) {
      const range = row.seq - 1 === expected ? `Event ${expected} is` : `Events ${expected} to ${row.seq - 1} are`;
      report("gap", expected, `${range} missing.`);
    } else if (prev !== null && row.prev !== prev) {
      report(
        "prev_differs",
        row.seq,
        `Event ${row.seq} does not follow the one before it: prev is not that one's hash.`,
      );
    }
    if (!isWhole(row))
      report("hash_differs", row.seq, `Event ${row.seq} was changed: its hash is not that of its content.`);
    if (start !== undefined && row.seq === start.seq && row.hash !== start.hash) {
      report("anchor_differs", row.seq, `Event ${row.seq} is not the one that was anchored.`);
    }
    const fault = personalFault(row);
    if (fault !== null) report("personal_differs", row.seq, fault);
    meet(row.seq, row.hash);
    if (row.action === "audit.restore") {
      const last = /** @type {{ seq?: number } | null} */ (row.detail["lastAnchor"]);
      restores.push({ seq: row.seq, upTo: Number(last?.seq ?? 0), at: row.at });
    }
    if (row.action === "audit.prune") prunes.push(row.detail);
    if (row.action === "denied.digest" && denied !== undefined) {
      const { fromId, toId, count, digest } = row.detail;
      const found = await denied(Number(fromId), Number(toId));
      if (found.count !== count || found.digest !== digest) {
        const message = `The refused attempts ${fromId} to ${toId} are not those of the digest: ${found.count} of ${count} rows.`;
        deniedFaults.push({ seq: row.seq, toId: Number(toId), message });
      }
    }
    if (firstSeq === 0) firstSeq = row.seq;
    lastSeq = row.seq;
    expected = row.seq + 1;
    prev = row.hash;
  }
  passGraves(Number.POSITIVE_INFINITY);

  if (head !== null && (head.seq !== lastSeq || (prev !== null && head.hash !== prev))) {
    report("head_differs", lastSeq, `The chain ends at ${lastSeq}, but its head says ${head.seq}.`);
  }
  for (const anchor of [...unmet, ...[...byAnchoredSeq.values()].flat()]) {
    const restore = restores.find(({ seq, upTo, at }) => seq <= anchor.seq && anchor.seq <= upTo && anchor.at <= at);
    if (restore !== undefined) continue;
    const isBehind = anchor.seq > lastSeq;
    const message = isBehind
      ? `The chain ends at ${lastSeq}, but ${anchor.seq} events were anchored on ${anchor.at}: events were cut off.`
      : `Event ${anchor.seq} is not the one that was anchored on ${anchor.at}: the chain was rewritten at or before it.`;
    report(isBehind ? "behind_anchor" : "anchor_differs", Math.min(anchor.seq, lastSeq), message);
  }
  for (const { seq, upTo, at } of restores) {
    if (upTo < seq) continue;
    const message = `A backup was put back on ${at}: what had been recorded as ${seq} to ${upTo} before is gone.`;
    explained.push({ kind: "restored", fromSeq: seq, toSeq: upTo, message });
  }
  for (const { fromSeq, toSeq, endHash } of tombstones) {
    if (start !== undefined || prunes.some((prune) => prune["toSeq"] === toSeq && prune["endHash"] === endHash))
      continue;
    report("tombstone_differs", toSeq, `No event says who pruned the events ${fromSeq} to ${toSeq}.`);
  }
  const prunedId = Math.max(0, ...prunes.map((prune) => Number(prune["deniedToId"] ?? 0)));
  for (const { seq, toId, message } of deniedFaults) if (toId > prunedId) report("denied_differs", seq, message);

  problems.sort((a, b) => a.seq - b.seq);
  return { chain, ok: problems.length === 0, events, firstSeq, lastSeq, anchoredSeq, problems, explained };
}

/** @param {EventRow} row */
function personalFault({ seq, detail, personal }) {
  const held = /** @type {{ id?: string, commitment?: string } | undefined} */ (detail?.["personal"]);
  if (typeof held?.commitment !== "string" || personal === undefined) return null;
  if (personal === null) return `The personal details of event ${seq} are missing: erasing keeps their row.`;
  if (personal.salt === null) return null;
  const isRight = sha256(`assay-personal-v1\n${personal.salt}\n${canonical(personal.body)}`) === held.commitment;
  return isRight ? null : `The personal details of event ${seq} are not those that were recorded.`;
}

/** @param {Anchor[]} anchors */
function groupBySeq(anchors) {
  /** @type {Map<number, Anchor[]>} */
  const groups = new Map();
  for (const anchor of anchors) groups.set(anchor.seq, [...(groups.get(anchor.seq) ?? []), anchor]);
  return groups;
}

/**
 * Whether a line has these fields, each of one of the types that are named with `|`.
 * @param {unknown} line
 * @param {Record<string, string>} fields
 */
function hasFields(line, fields) {
  if (typeof line !== "object" || line === null) return false;
  const values = new Map(Object.entries(line));
  const typeOf = (/** @type {unknown} */ value) => (value === null ? "null" : typeof value);
  return Object.entries(fields).every(([name, types]) => types.split("|").includes(typeOf(values.get(name))));
}

const TEXT = "string";
const TEXT_OR_NULL = "string|null";
const ORIGIN = { at: TEXT, actor: TEXT, action: TEXT, requestId: TEXT_OR_NULL, ip: TEXT_OR_NULL };
const PLACE = { chain: TEXT, seq: "number", hash: TEXT };
const EVENT = { ...ORIGIN, ...PLACE, onBehalfOf: TEXT_OR_NULL, subject: TEXT, detail: "object", prev: TEXT };

/** @param {unknown} line @returns {line is EventRow} */
const isEvent = (line) => hasFields(line, { ...EVENT, personal: "object|null|undefined" });

/** @param {unknown} line @returns {line is Anchor} */
export const isAnchor = (line) => hasFields(line, { ...PLACE, at: TEXT, keyId: TEXT, signature: TEXT });

/** @param {unknown} line @returns {line is Tombstone} */
const isTombstone = (line) => hasFields(line, { chain: TEXT, fromSeq: "number", toSeq: "number", endHash: TEXT });

/** @param {unknown} line @returns {line is DeniedRow} */
const isDenied = (line) => hasFields(line, { ...ORIGIN, id: "number", reason: TEXT });

/**
 * The lines of a JSON Lines file; none where it is missing. What is no such line is named and left out, as is a last one that
 * was cut off by a crash: of a chain the verifier then misses it.
 * @template T
 * @param {string} file
 * @param {(line: unknown) => line is T} fits
 * @returns {AsyncGenerator<T>}
 */
export async function* readLines(file, fits) {
  if (!fs.existsSync(file)) return;
  for await (const line of readline.createInterface({ input: fs.createReadStream(file), crlfDelay: 1e9 })) {
    if (line.trim() === "") continue;
    const parsed = parse(line);
    if (fits(parsed)) yield parsed;
    else
      console.error(`${path.basename(file)}: a line is not what it should be and was left out: ${line.slice(0, 80)}`);
  }
}

/** @param {string} line @returns {unknown} undefined for what is not JSON */
function parse(line) {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/**
 * One line a chain, one a problem.
 * @param {ChainReport[]} reports
 * @param {(line: string) => void} print
 */
export function printReports(reports, print) {
  for (const { chain, ok, events, lastSeq, anchoredSeq, problems, explained } of reports) {
    print(`${ok ? "ok    " : "BROKEN"} ${chain}: ${events} events up to ${lastSeq}, anchored up to ${anchoredSeq}`);
    for (const { message } of explained) print(`       note: ${message}`);
    for (const { kind, message } of problems) print(`       ${kind}: ${message}`);
  }
}

/**
 * Digests of ranges of refused attempts, asked for in their order: the rows are read once, none is kept.
 * @param {AsyncIterator<DeniedRow>} rows in the order of their ids
 * @returns {(fromId: number, toId: number) => Promise<{ count: number, digest: string }>}
 */
function deniedReader(rows) {
  /** @type {IteratorResult<DeniedRow> | undefined} */
  let ahead;
  return async (fromId, toId) => {
    const range = [];
    ahead ??= await rows.next();
    while (!ahead.done && ahead.value.id <= toId) {
      if (ahead.value.id >= fromId) range.push(ahead.value);
      ahead = await rows.next();
    }
    return deniedDigest(range);
  };
}

/**
 * Verifies an export: `node verify.mjs [--key other-public-key.pem]`.
 * @param {string} folder
 * @param {string[]} keyFiles
 */
async function verifyExport(folder, keyFiles) {
  /**
   * @template T
   * @param {string} name
   * @param {(line: unknown) => line is T} fits
   */
  const all = async (name, fits) => {
    /** @type {T[]} */
    const lines = [];
    for await (const line of readLines(path.join(folder, name), fits)) lines.push(line);
    return lines;
  };
  const manifest = JSON.parse(fs.readFileSync(path.join(folder, "manifest.json"), "utf8"));
  const keys = new Map();
  for (const file of [path.join(folder, "public-key.pem"), ...keyFiles].filter((name) => fs.existsSync(name))) {
    const key = createPublicKey(fs.readFileSync(file));
    keys.set(keyIdOf(key), key);
  }
  const [anchors, tombstones] = [await all("anchors.jsonl", isAnchor), await all("tombstones.jsonl", isTombstone)];
  const denied = deniedReader(readLines(path.join(folder, "denied.jsonl"), isDenied));
  const known = new Map(manifest.chains.map((/** @type {any} */ entry) => [entry.chain, entry]));
  for (const { chain } of anchors) if (manifest.whole && !known.has(chain)) known.set(chain, { chain, head: null });
  const reports = [];
  for (const { chain, file, head } of known.values()) {
    const of = (/** @type {{ chain: string }} */ entry) => entry.chain === chain;
    reports.push(
      await verifyChain({
        chain,
        rows: file === undefined ? [] : readLines(path.join(folder, file), isEvent),
        head,
        anchors: anchors.filter(of),
        tombstones: tombstones.filter(of),
        keys,
        denied,
      }),
    );
  }
  printReports(reports, (line) => console.log(line));
  console.log(
    `Keys: ${[...keys.keys()].join(", ") || "none"}. Compare them with what the operator told you otherwise.`,
  );
  return reports.every((report) => report.ok);
}

const self = fileURLToPath(import.meta.url);
if (path.basename(self) === "verify.mjs" && process.argv[1] !== undefined && path.resolve(process.argv[1]) === self) {
  const keyFiles = process.argv.slice(2).filter((argument) => argument !== "--key");
  process.exitCode = (await verifyExport(path.dirname(self), keyFiles)) ? 0 : 1;
}
