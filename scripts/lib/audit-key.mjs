import { createPrivateKey, createPublicKey } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { keyIdOf } from "./audit-verify.mjs";
import { Failure } from "./failure.mjs";

/** What an Ed25519 private key begins with in PKCS8; the 32 bytes of the key follow. */
const PKCS8_HEAD = Buffer.from("302e020100300506032b657004220420", "hex");

/**
 * The public keys that checkpoints may be signed with: this installation's (ASSAY_AUDIT_KEY, else `secrets/audit` of the
 * home) and those named, for times before the key was changed.
 *
 * @param {{ home: string, files?: string[], env?: NodeJS.ProcessEnv }} options
 * @returns {Map<string, import("node:crypto").KeyObject>} by key id
 * @throws {Failure} something that is no such key
 */
export function publicKeys({ home, files = [], env = process.env }) {
  const keys = new Map();
  const seed = path.join(home, "secrets", "audit");
  const own = env["ASSAY_AUDIT_KEY"] || (fs.existsSync(seed) ? fs.readFileSync(seed, "utf8") : "");
  try {
    const given = files.map((file) => createPublicKey(fs.readFileSync(file)));
    for (const key of own === "" ? given : [createPublicKey(privateKeyOf(own.trim())), ...given]) {
      keys.set(keyIdOf(key), key);
    }
  } catch (error) {
    throw new Failure(
      "A key of the audit log cannot be read.",
      "Give Ed25519 keys: PEM files, or ASSAY_AUDIT_KEY.",
      error,
    );
  }
  return keys;
}

/** @param {string} text */
function privateKeyOf(text) {
  if (text.includes("-----BEGIN")) return createPrivateKey(text);
  const bytes = Buffer.from(text, "base64");
  const key = bytes.length === 32 ? Buffer.concat([PKCS8_HEAD, bytes]) : bytes;
  return createPrivateKey({ key, format: "der", type: "pkcs8" });
}
