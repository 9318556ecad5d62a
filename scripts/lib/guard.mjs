import { spawn } from "node:child_process";

/**
 * Ends another process when this one goes, however it goes (SIGKILL too): a shell that waits on a pipe which only we
 * hold open, sends the signal when the pipe closes, and SIGKILL 5 s later to what is left of the process group.
 *
 * @param {number} pid a leader of its own process group (spawned `detached`)
 * @param {"TERM" | "INT"} signal
 * @param {{ uid?: number, gid?: number }} [as] the user that may signal it; default: ours
 * @returns {() => void} calls the guard off
 */
export function guard(pid, signal, as = {}) {
  // INT is Postgres's fast shutdown, which must not be cut short by SIGKILL: it would only have to recover later.
  const hard = signal === "INT" ? "" : '; sleep 5; kill -KILL -"$0" 2>/dev/null';
  const child = spawn("/bin/sh", ["-c", `read -r _; kill -${signal} "$0" 2>/dev/null${hard}`, String(pid)], {
    cwd: "/",
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
    ...as,
  });
  child.on("error", () => undefined);
  child.unref();
  // The pipe must not keep this process alive either; it is a socket, though typed as a stream.
  if (child.stdin && "unref" in child.stdin && typeof child.stdin.unref === "function") child.stdin.unref();
  return () => {
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
  };
}
