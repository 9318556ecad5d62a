import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes, randomInt } from "node:crypto";
import { Secret, TOTP } from "otpauth";
import { serverEnvOf } from "#lib/platform/http/host.ts";
import { getRuntime } from "#lib/platform/runtime.ts";

/** RFC 6238 as every authenticator app knows it: SHA-1, six digits, 30 s. */
const PERIOD_SECONDS = 30;
const ISSUER = "Assay";
const RECOVERY_CODES = 10;
// Without 0 O 1 I L, which look alike: 10 characters are 49 bits.
const RECOVERY_ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789";

/** A new shared secret of 160 bits, in base32. */
export function newTotpSecret(): string {
  return new Secret({ size: 20 }).base32;
}

/** What an authenticator app reads, by QR code or link. */
export function otpauthUri(base32: string, account: string): string {
  return new TOTP({ issuer: ISSUER, label: account, secret: base32 }).toString();
}

/** The time step that this code belongs to: the present one or its neighbours, as clocks differ; null for no such code. */
export function stepOf(base32: string, code: string, now: Date): bigint | null {
  if (!/^\d{6}$/.test(code)) return null;
  const timestamp = now.getTime();
  const delta = TOTP.validate({ token: code, secret: Secret.fromBase32(base32), timestamp, window: 1 });
  return delta === null ? null : BigInt(Math.floor(timestamp / 1_000 / PERIOD_SECONDS) + delta);
}

/** The secret as it is stored: AES-256-GCM, bound to its person. */
export function sealTotpSecret(base32: string, userId: string): string {
  const iv = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", keys().seal, iv).setAAD(Buffer.from(userId));
  const sealed = Buffer.concat([cipher.update(base32, "utf8"), cipher.final()]);
  return ["v1", iv, sealed, cipher.getAuthTag()]
    .map((part) => (typeof part === "string" ? part : part.toString("base64url")))
    .join(".");
}

/** @throws Error ASSAY_SECRET is another one than when it was sealed, or the row is another person's */
export function openTotpSecret(sealed: string, userId: string): string {
  const [version, iv = "", text = "", tag = ""] = sealed.split(".");
  if (version !== "v1") throw new Error("the second factor's secret has an unknown form");
  const decipher = createDecipheriv("aes-256-gcm", keys().seal, Buffer.from(iv, "base64url"))
    .setAAD(Buffer.from(userId))
    .setAuthTag(Buffer.from(tag, "base64url"));
  return Buffer.concat([decipher.update(Buffer.from(text, "base64url")), decipher.final()]).toString("utf8");
}

/** One-time codes for a lost device, `ABCDE-FGHJK`. */
export function newRecoveryCodes(): string[] {
  const five = () => Array.from({ length: 5 }, () => RECOVERY_ALPHABET[randomInt(RECOVERY_ALPHABET.length)]).join("");
  return Array.from({ length: RECOVERY_CODES }, () => `${five()}-${five()}`);
}

/** What is stored of a recovery code. Case, dashes and spaces do not matter. */
export function recoveryHash(code: string): string {
  const plain = code.toUpperCase().replace(/[\s-]/g, "");
  return createHmac("sha256", keys().recovery).update(plain).digest("base64url");
}

function keys(): { seal: Buffer; recovery: Buffer } {
  const runtime = getRuntime();
  return runtime.singleton("auth.second-factor-keys", () => {
    const { ASSAY_SECRET } = serverEnvOf(runtime);
    const derive = (info: string) => Buffer.from(hkdfSync("sha256", ASSAY_SECRET, "", info, 32));
    return { seal: derive("assay second factor v1"), recovery: derive("assay recovery codes v1") };
  });
}
