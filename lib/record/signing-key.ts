import { createHash, createPrivateKey, createPublicKey, type KeyObject, randomBytes } from "node:crypto";
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

export interface SigningKey {
  privateKey: KeyObject;
  publicKey: KeyObject;
  /** The first 16 hex digits of the SHA-256 of the public key (SPKI, DER). */
  keyId: string;
}

/** What an Ed25519 private key begins with in PKCS8; the 32 bytes of the key follow. */
const PKCS8_HEAD = Buffer.from("302e020100300506032b657004220420", "hex");

/**
 * The Ed25519 key that signs checkpoints: ASSAY_AUDIT_KEY (PKCS8 as base64 or PEM, or the 32 bytes of a seed in base64url),
 * else the seed in `ASSAY_HOME/secrets/audit`, made with mode 0600 where there is none.
 *
 * @throws Error it is no such key
 */
export function loadSigningKey(env: { ASSAY_AUDIT_KEY?: string | undefined; ASSAY_HOME: string }): SigningKey {
  const privateKey = parseSigningKey(env.ASSAY_AUDIT_KEY ?? seedOf(env.ASSAY_HOME));
  const publicKey = createPublicKey(privateKey);
  const der = publicKey.export({ type: "spki", format: "der" });
  return { privateKey, publicKey, keyId: createHash("sha256").update(der).digest("hex").slice(0, 16) };
}

function parseSigningKey(text: string): KeyObject {
  try {
    const bytes = Buffer.from(text.trim(), "base64");
    const key = text.includes("-----BEGIN")
      ? createPrivateKey(text)
      : createPrivateKey({
          key: bytes.length === 32 ? Buffer.concat([PKCS8_HEAD, bytes]) : bytes,
          format: "der",
          type: "pkcs8",
        });
    if (key.asymmetricKeyType !== "ed25519") {
      throw new TypeError(`it is of the type ${key.asymmetricKeyType}`);
    }
    return key;
  } catch (cause) {
    throw new Error("ASSAY_AUDIT_KEY is not an Ed25519 private key (PKCS8, in base64 or PEM).", { cause });
  }
}

/** Made exclusively, so that of two processes that make it at once both get the same. */
function seedOf(home: string): string {
  const file = join(home, "secrets", "audit");
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const temporary = `${file}.${process.pid}.${randomBytes(4).toString("hex")}`;
  writeFileSync(temporary, randomBytes(32).toString("base64url"), { mode: 0o600, flag: "wx" });
  try {
    linkSync(temporary, file);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code !== "EEXIST") throw error;
  } finally {
    rmSync(temporary);
  }
  return readFileSync(file, "utf8").trim();
}
