import { expect, type Page } from "@playwright/test";

/**
 * Until React has taken over every control of the page, also those that streamed in later, and their effects have run:
 * before that a key or a click is lost.
 */
export async function hydrated(page: Page): Promise<void> {
  await page.waitForFunction(() => {
    // What is not a page of Next has nothing to wait for.
    if (!("__next_f" in window)) return true;
    const comments = document.createTreeWalker(document.body, NodeFilter.SHOW_COMMENT);
    while (comments.nextNode() !== null) {
      // React's mark of a part whose content is still to come.
      if (comments.currentNode.nodeValue === "$?") return false;
    }
    // No function of a name in here: what tsx makes of one does not run in the browser.
    return [...document.body.querySelectorAll("a[href], button, input, select, textarea")].every((control) =>
      Object.keys(control).some((key) => key.startsWith("__reactProps$")),
    );
  });
  await page.evaluate(
    () => new Promise<void>((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done)))),
  );
}

/** Makes every visit of this page wait until it answers to keys and clicks. */
export function waitForHydration(page: Page): void {
  const goto = page.goto.bind(page);
  const reload = page.reload.bind(page);
  page.goto = async (url, options) => {
    const reply = await goto(url, options);
    await hydrated(page);
    return reply;
  };
  page.reload = async (options) => {
    const reply = await reload(options);
    await hydrated(page);
    return reply;
  };
}

/** Presses a key until it has its effect, which is looked for with a short patience. */
export async function press(page: Page, key: string, effect: () => Promise<void>): Promise<void> {
  await expect(async () => {
    await page.keyboard.press(key);
    await effect();
  }).toPass({ timeout: 30_000 });
}
