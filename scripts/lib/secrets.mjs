import { randomBytes } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { codeOf } from "./failure.mjs";

/**
 * The secret of that name in `ASSAY_HOME/secrets` (mode 0600), made on first use: 32 random bytes in base64url.
 * Created exclusively, so of two processes that make it at once both get the same.
 * @param {string} home
 * @param {string} name
 */
export function secret(home, name) {
  const file = path.join(home, "secrets", name);
  fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  const temporary = `${file}.${process.pid}.${randomBytes(4).toString("hex")}`;
  const existing = fs.existsSync(file);
  if (!existing) {
    fs.writeFileSync(temporary, randomBytes(32).toString("base64url"), { mode: 0o600, flag: "wx" });
    try {
      fs.linkSync(temporary, file);
    } catch (error) {
      if (codeOf(error) !== "EEXIST") throw error;
    } finally {
      fs.rmSync(temporary);
    }
  }
  return fs.readFileSync(file, "utf8").trim();
}

/**
 * Whether the secret was made already.
 * @param {string} home
 * @param {string} name
 */
export function hasSecret(home, name) {
  return fs.existsSync(path.join(home, "secrets", name));
}

/**
 * The random id of this installation (16 hex digits), kept in `ASSAY_HOME`. What has to lie outside the home goes by
 * it, so that a home that was deleted and made anew never adopts the old one's database.
 * @param {string} home
 */
export function instanceId(home) {
  const file = path.join(home, "instance-id");
  if (!fs.existsSync(file)) fs.writeFileSync(file, randomBytes(8).toString("hex"), { mode: 0o600 });
  return fs.readFileSync(file, "utf8").trim();
}
