import { once } from "node:events";
import fs from "node:fs";
import path from "node:path";
import { finished } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { anchorFile } from "./audit-anchors.mjs";
import { readDenied, readEvents, readHeads, readTombstones } from "./audit-database.mjs";
import { isAnchor, readLines } from "./audit-verify.mjs";
import { Failure } from "./failure.mjs";

const VERIFIER = fileURLToPath(new URL("./audit-verify.mjs", import.meta.url));
const README = `An export of the audit log of Assay.

  node verify.mjs        recomputes every chain; needs Node 20 or newer and nothing else

chains/*.jsonl     the events of each chain, one JSON object a line
anchors.jsonl      signed heads of the chains, from the file outside the database
denied.jsonl       refused attempts, which events denied.digest cover
tombstones.jsonl   what retention removed
public-key.pem     the key that signed the anchors: compare its id with what you were told on another way
`;

/**
 * Writes an export that proves itself: the chains as JSON Lines, the anchors, the public key, and the verifier.
 *
 * @param {import("pg").Client} client
 * @param {{ folder: string, home: string, keys: Map<string, import("node:crypto").KeyObject>, chain?: string | undefined,
 *   withPersonal?: boolean, anchors?: string }} options `withPersonal`: with what may have to be erased later
 * @returns {Promise<{ chains: number, events: number }>}
 * @throws {Failure} the folder is not empty
 */
export async function exportAudit(client, { folder, home, keys, chain, withPersonal = false, anchors }) {
  if (fs.existsSync(folder) && fs.readdirSync(folder).length > 0) {
    throw new Failure(`${folder} is not empty.`, "Name a folder that is empty or not there.");
  }
  fs.mkdirSync(path.join(folder, "chains"), { recursive: true, mode: 0o700 });
  const startedAt = new Date().toISOString();
  const isAsked = (/** @type {{ chain: string }} */ entry) => chain === undefined || entry.chain === chain;
  const heads = (await readHeads(client)).filter(isAsked);
  const chains = [];
  let events = 0;
  for (const head of heads) {
    const file = `chains/${encodeURIComponent(head.chain)}.jsonl`;
    const rows = readEvents(client, { chain: head.chain, to: head.seq });
    const count = await writeLines(path.join(folder, file), rows, ({ personal, ...row }) =>
      withPersonal ? { ...row, personal } : row,
    );
    events += count;
    chains.push({ chain: head.chain, file, head: { seq: head.seq, hash: head.hash }, events: count });
  }
  // One that was made meanwhile is left out. One from before that names more events than there are is not: it shows that
  // events were cut off.
  const exported = new Map(heads.map((head) => [head.chain, head.seq]));
  await writeLines(path.join(folder, "anchors.jsonl"), readLines(anchors ?? anchorFile(home), isAnchor), (anchor) =>
    isAsked(anchor) && (anchor.seq <= (exported.get(anchor.chain) ?? 0) || anchor.at < startedAt) ? anchor : undefined,
  );
  await writeLines(path.join(folder, "tombstones.jsonl"), (await readTombstones(client)).filter(isAsked), (row) => row);
  const denied = isAsked({ chain: "instance" }) ? readDenied(client) : [];
  await writeLines(path.join(folder, "denied.jsonl"), denied, (row) => row);
  const [key, ...more] = [...keys.values()].map((known) => known.export({ type: "spki", format: "pem" }));
  if (key !== undefined) fs.writeFileSync(path.join(folder, "public-key.pem"), key);
  for (const [index, other] of more.entries())
    fs.writeFileSync(path.join(folder, `public-key-${index + 2}.pem`), other);
  fs.copyFileSync(VERIFIER, path.join(folder, "verify.mjs"));
  fs.writeFileSync(path.join(folder, "README.txt"), README);
  const manifest = { format: 1, exportedAt: new Date().toISOString(), whole: chain === undefined, chains };
  fs.writeFileSync(path.join(folder, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  return { chains: chains.length, events };
}

/**
 * @template T
 * @param {string} file
 * @param {AsyncIterable<T> | Iterable<T>} rows
 * @param {(row: T) => object | undefined} pick
 * @returns {Promise<number>} lines
 */
async function writeLines(file, rows, pick) {
  const out = fs.createWriteStream(file, { mode: 0o600 });
  let count = 0;
  for await (const row of rows) {
    const picked = pick(row);
    if (picked === undefined) continue;
    count += 1;
    if (!out.write(`${JSON.stringify(picked)}\n`)) await once(out, "drain");
  }
  out.end();
  await finished(out);
  return count;
}
