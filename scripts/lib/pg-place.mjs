import fs from "node:fs";
import path from "node:path";
import { Failure } from "./failure.mjs";
import { canReach, postgresUser } from "./pg-user.mjs";
import { instanceId } from "./secrets.mjs";

/**
 * Where this installation's Postgres lives: `native` holds bin, lib and share, `data` the cluster, `user` who runs it
 * (undefined: this process's own user), `outside` the folder outside the home, if one had to be used.
 * @typedef {{ native: string, data: string, user: import("./pg-user.mjs").SystemUser | undefined, outside: string | undefined }} PostgresPlace
 */

/** Where things go that the home cannot hold, because the Postgres user cannot reach it. */
const OUTSIDE = "/var/lib/assay";

/**
 * Decides where binaries and data are. Normally node_modules and `ASSAY_HOME/postgres`; where root's unprivileged
 * user cannot reach one of them (a clone in /root, mode 0700), under `/var/lib/assay/<instance id>`.
 *
 * @param {{ home: string, native: string, version: string, outsideRoot?: string }} options
 * @returns {PostgresPlace}
 */
export function placePostgres({ home, native, version, outsideRoot = OUTSIDE }) {
  const inside = path.join(home, "postgres");
  const user = postgresUser();
  if (!user) {
    refuseForeignData(inside);
    return { native, data: inside, user, outside: undefined };
  }

  const outside = path.join(outsideRoot, instanceId(home));
  const makeOutside = () => {
    fs.mkdirSync(outside, { recursive: true, mode: 0o755 });
    return outside;
  };
  const data = dataFolder({ inside, outside, user, makeOutside });
  let binaries = native;
  if (!canReach(user, path.join(native, "bin")) || !canReach(user, path.join(native, "lib"))) {
    binaries = path.join(makeOutside(), `pgsql-${version}`);
    copyOnce(native, binaries);
  }
  return { native: binaries, data, user, outside: fs.existsSync(outside) ? outside : undefined };
}

/**
 * @param {{ inside: string, outside: string, user: import("./pg-user.mjs").SystemUser, makeOutside: () => string }} options
 */
function dataFolder({ inside, outside, user, makeOutside }) {
  const elsewhere = path.join(outside, "postgres");
  if (holdsCluster(elsewhere)) return elsewhere;
  const hadCluster = holdsCluster(inside);
  fs.mkdirSync(inside, { recursive: true, mode: 0o700 });
  if (!hadCluster) fs.chownSync(inside, user.uid, user.gid);
  if (canReach(user, inside, { write: true })) return inside;
  if (hadCluster) {
    // A second, empty database beside the one that has the data would look like loss.
    throw new Failure(
      `The database in ${inside} cannot be reached by the user "${user.name}" that Postgres runs as.`,
      `Give that user a way through (chmod o+x on the folders above it; the data must belong to it), or move the home.`,
    );
  }
  fs.rmdirSync(inside);
  makeOutside();
  fs.mkdirSync(elsewhere, { recursive: true, mode: 0o700 });
  fs.chownSync(elsewhere, user.uid, user.gid);
  return elsewhere;
}

/** Written into the data folder once initdb is through: one that was cut short looks much like a whole one. */
export const COMPLETE = "assay.complete";

/**
 * Whether the folder holds a complete cluster.
 * @param {string} data
 */
export function holdsCluster(data) {
  return fs.existsSync(path.join(data, COMPLETE));
}

/**
 * @param {string} data
 */
function refuseForeignData(data) {
  const owner = fs.statSync(data, { throwIfNoEntry: false })?.uid;
  const self = process.getuid?.();
  if (owner === undefined || self === undefined || owner === self) return;
  throw new Failure(
    `The database in ${data} belongs to user id ${owner}; you are ${self}.`,
    "Start as the user who made it, give it to yourself (chown -R), or set ASSAY_HOME to another folder.",
  );
}

/**
 * @param {string} from
 * @param {string} to
 */
function copyOnce(from, to) {
  if (fs.existsSync(to)) return;
  const temporary = `${to}.${process.pid}.tmp`;
  fs.cpSync(from, temporary, { recursive: true, verbatimSymlinks: true });
  fs.renameSync(temporary, to);
}
