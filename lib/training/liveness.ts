/** A worker that trains a run says so this often, and hears at the latest then that it is to stop. */
export const HEARTBEAT_MS = 1_000;
/** A worker that has said nothing for so long is taken for dead. */
export const SILENCE_MS = 20_000;

/** Whether somebody works on the run at this moment. */
export function isAlive(heartbeatAt: Date | null, now: Date): boolean {
  return heartbeatAt !== null && now.getTime() - heartbeatAt.getTime() < SILENCE_MS;
}
