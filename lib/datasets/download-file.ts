import { createWriteStream } from "node:fs";
import { mkdir, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { messageOf, UnavailableError } from "#lib/platform/errors.ts";

export interface DownloadInput {
  /** Tried in turn, round after round. */
  urls: string[];
  /** Where the file ends up; what is there already is gone on with. */
  target: string;
  maxBytes: number;
  onProgress?: (bytesDone: number) => void;
  /** Rounds over all addresses. Default 3. */
  rounds?: number;
  /** A connection that says nothing for so long is given up. Default 20,000. */
  silenceMs?: number;
  /** Before the second round; doubles. Default 1,000. */
  pauseMs?: number;
}

/**
 * Downloads a file, going on where the last attempt broke off (HTTP ranges), over several mirrors and rounds. The content is
 * checked by the caller: mirrors are not trusted.
 *
 * @throws UnavailableError no mirror gave the whole file; names each with its reason
 */
export async function downloadFile(input: DownloadInput): Promise<void> {
  await mkdir(dirname(input.target), { recursive: true });
  const problems = new Map<string, string>();
  const rounds = input.rounds ?? 3;
  for (let round = 0; round < rounds; round++) {
    if (round > 0) {
      await sleep((input.pauseMs ?? 1_000) * 2 ** (round - 1));
    }
    for (const url of input.urls) {
      try {
        await fetchInto(url, input);
        return;
      } catch (error) {
        problems.set(url, reasonOf(error));
      }
    }
  }
  const reasons = [...problems].map(([url, reason]) => `${new URL(url).host}: ${reason}`).join("; ");
  throw new UnavailableError(`The file could not be downloaded (${reasons}).`, { code: "download_failed" });
}

async function fetchInto(url: string, input: DownloadInput): Promise<void> {
  const have = await stat(input.target).then(
    ({ size }) => size,
    () => 0,
  );
  const watch = new AbortController();
  const silenceMs = input.silenceMs ?? 20_000;
  let timer = setTimeout(() => watch.abort(new Error(`silent for ${silenceMs} ms`)), silenceMs);
  try {
    const headers: Record<string, string> = have > 0 ? { range: `bytes=${have}-` } : {};
    // The addresses are ours; a redirect would lead to one that is not.
    const response = await fetch(url, { headers, signal: watch.signal, redirect: "error" });
    if (response.status === 416) {
      // Nothing after what we have: it is whole, or of another file; the digest tells.
      await response.body?.cancel();
      return;
    }
    if (response.body === null || (response.status !== 200 && response.status !== 206)) {
      throw new Error(`HTTP ${response.status}`);
    }
    const isContinued = response.status === 206;
    if (!isContinued) {
      await rm(input.target, { force: true });
    }
    let done = isContinued ? have : 0;
    const expected = done + Number(response.headers.get("content-length") ?? Number.NaN);
    const body = Readable.fromWeb(response.body as Parameters<typeof Readable.fromWeb>[0]);
    await pipeline(
      body,
      async function* (chunks: AsyncIterable<Buffer>) {
        for await (const chunk of chunks) {
          clearTimeout(timer);
          timer = setTimeout(() => watch.abort(new Error(`silent for ${silenceMs} ms`)), silenceMs);
          done += chunk.byteLength;
          if (done > input.maxBytes) throw new Error(`more than ${input.maxBytes} bytes`);
          input.onProgress?.(done);
          yield chunk;
        }
      },
      createWriteStream(input.target, { flags: isContinued ? "a" : "w" }),
    );
    if (Number.isFinite(expected) && done !== expected) {
      throw new Error(`broke off after ${done} of ${expected} bytes`);
    }
  } finally {
    clearTimeout(timer);
  }
}

/** `fetch failed` hides what happened in its cause. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause === undefined ? messageOf(error) : `${messageOf(error)}: ${messageOf(cause)}`;
}
