const FRAMES = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];

/**
 * Shows what a script is doing, a line a step with its time: on a terminal with a running line, elsewhere (CI, a log)
 * with a line at the beginning and one at the end of each step that takes longer than a moment.
 *
 * @param {{ out?: NodeJS.WriteStream }} [options]
 */
export function createSteps({ out = process.stdout } = {}) {
  const live = out.isTTY === true && !process.env["CI"];
  /** @type {{ title: string, ms: number }[]} */
  const times = [];
  let status = "";
  const clear = () => {
    if (live && status) out.write("\r\u001b[2K");
  };

  /**
   * @template T
   * @param {string} title in the imperative: "Install the packages"
   * @param {(say: (detail: string) => void) => Promise<T>} work `say` shows how far it is
   * @param {{ since?: number }} [options] `since`: when the work began, if before now (Date.now() ms)
   * @returns {Promise<T>}
   */
  async function step(title, work, { since = Date.now() } = {}) {
    let detail = "";
    let frame = 0;
    let saidAt = Date.now();
    const seconds = () => `${Math.round((Date.now() - since) / 1000)} s`;
    const draw = () => {
      frame += 1;
      status = `${FRAMES[frame % FRAMES.length]} ${title}  ${seconds()}${detail ? `  ${detail}` : ""}`;
      out.write(`\r\u001b[2K${status.slice(0, Math.max(20, (out.columns ?? 80) - 1))}`);
    };
    const timer = setInterval(() => (live ? draw() : sayAfter(10_000)), live ? 120 : 1_000);
    const sayAfter = (/** @type {number} */ ms) => {
      if (Date.now() - saidAt < ms) return;
      saidAt = Date.now();
      out.write(`  … ${title}: ${detail || "still at it"} (${seconds()})\n`);
    };
    try {
      const result = await work((text) => {
        detail = text;
      });
      const ms = Date.now() - since;
      times.push({ title, ms });
      clear();
      out.write(`  ✓ ${title}${detail ? `: ${detail}` : ""}  ${formatMs(ms)}\n`);
      return result;
    } catch (error) {
      clear();
      out.write(`  ✗ ${title}  ${formatMs(Date.now() - since)}\n`);
      throw error;
    } finally {
      clearInterval(timer);
      status = "";
    }
  }

  /**
   * A line of its own, also while a step runs.
   * @param {string} text
   */
  function note(text) {
    clear();
    out.write(`${text}\n`);
  }

  return { step, note, times };
}

/**
 * "140 ms", "3.2 s", "2 min 5 s".
 * @param {number} ms
 */
export function formatMs(ms) {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`;
}
