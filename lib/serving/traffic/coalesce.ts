/**
 * Calls that come while `work` runs share one further run after it: each of them waits for a run that began after its call.
 *
 * @param work must not reject
 */
export function coalesce(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  let next: Promise<void> | undefined;
  const call = (): Promise<void> => {
    if (running === undefined) {
      running = work().finally(() => {
        running = undefined;
      });
      return running;
    }
    next ??= running.then(() => {
      next = undefined;
      return call();
    });
    return next;
  };
  return call;
}
