/**
 * Calls back when the process that started this one goes without a word (npm killed with SIGKILL, say).
 * @param {() => void} gone
 * @returns {() => void} stops watching
 */
export function watchParent(gone) {
  const parent = process.ppid;
  // Started by init or as a container's first process there is nobody to outlive.
  if (parent <= 1) return () => undefined;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    gone();
  }, 300);
  timer.unref();
  return () => clearInterval(timer);
}
