import { spawnSync } from "node:child_process";
import fs from "node:fs";
import { Failure } from "./failure.mjs";

/**
 * @typedef {{ name: string, uid: number, gid: number }} SystemUser
 */

/**
 * The user that Postgres runs as. It refuses to run as root, so root hands it to an unprivileged one: `postgres` if
 * the machine has it, else `assay`, made now, else `nobody`. Anyone else runs it as themselves (undefined).
 * @param {number | undefined} [uid] the uid of this process
 * @returns {SystemUser | undefined}
 */
export function postgresUser(uid = process.getuid?.()) {
  if (uid !== 0) return undefined;
  const existing = lookUp("postgres") ?? lookUp("assay");
  if (existing) return existing;
  spawnSync("/usr/sbin/useradd", [
    "--system",
    "--no-create-home",
    "--user-group",
    "--shell",
    "/usr/sbin/nologin",
    "assay",
  ]);
  const user = lookUp("assay") ?? lookUp("nobody");
  if (user) return user;
  throw new Failure(
    "Postgres refuses to run as root, and no unprivileged user could be found or made.",
    "Start as an ordinary user, or make one with `useradd --system postgres`, or point DATABASE_URL at a Postgres server.",
  );
}

/**
 * Whether that user can pass through and read a folder (and write it, if asked). Tried, not computed: access lists,
 * mounts and parents all count.
 * @param {SystemUser | undefined} user undefined: this process's own user
 * @param {string} folder
 * @param {{ write?: boolean }} [want]
 */
export function canReach(user, folder, { write = false } = {}) {
  if (!user) {
    try {
      fs.accessSync(folder, fs.constants.R_OK | fs.constants.X_OK | (write ? fs.constants.W_OK : 0));
      return true;
    } catch {
      return false;
    }
  }
  const test = `test -r "$0" && test -x "$0"${write ? ' && test -w "$0"' : ""}`;
  return spawnSync("/bin/sh", ["-c", test, folder], { uid: user.uid, gid: user.gid, cwd: "/" }).status === 0;
}

/**
 * @param {string} name
 * @returns {SystemUser | undefined}
 */
function lookUp(name) {
  const ask = (/** @type {string} */ flag) => spawnSync("id", [flag, name], { encoding: "utf8" });
  const uid = ask("-u");
  const gid = ask("-g");
  if (uid.status !== 0 || gid.status !== 0) return undefined;
  return { name, uid: Number(uid.stdout), gid: Number(gid.stdout) };
}
