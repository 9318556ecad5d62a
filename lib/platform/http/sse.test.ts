import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { eventStream } from "#lib/platform/http/sse.ts";

const request = () => new Request("http://localhost/events");

test("frames events with name, id and JSON data, and ends when its producer does", async () => {
  const shutdown = new AbortController().signal;
  const response = eventStream(
    request(),
    async (send) => {
      await send({ event: "epoch", id: "1", data: { loss: 0.5 } });
      await send({ data: "line\nbreak" });
    },
    { shutdown },
  );
  expect(response.headers.get("content-type")).toContain("text/event-stream");
  expect(await response.text()).toBe(
    'retry: 1000\n\nevent: epoch\nid: 1\ndata: {"loss":0.5}\n\ndata: "line\\nbreak"\n\n',
  );
});

test("tells its producer when the client leaves", async () => {
  let left: ((value: boolean) => void) | undefined;
  const sawIt = new Promise<boolean>((resolve) => {
    left = resolve;
  });
  const response = eventStream(
    request(),
    async (send, signal) => {
      signal.addEventListener("abort", async () => left?.(await send({ data: 1 })));
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
    },
    { shutdown: new AbortController().signal },
  );
  await response.body?.cancel();
  expect(await sawIt).toBe(false);
});

test("ends at shutdown", async () => {
  const shutdown = new AbortController();
  const produce = (_send: unknown, signal: AbortSignal) =>
    new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
  const text = eventStream(request(), produce, { shutdown: shutdown.signal }).text();
  shutdown.abort();
  expect(await text).toBe("retry: 1000\n\n");
});

test("waits for a slow client instead of filling memory", async () => {
  let sent = 0;
  const shutdown = new AbortController();
  const response = eventStream(
    request(),
    async (send) => {
      while (await send({ data: "x".repeat(10_000) })) sent += 1;
    },
    { shutdown: shutdown.signal },
  );
  await sleep(100);
  expect(sent).toBeLessThan(20);
  const reader = response.body?.getReader();
  for (let index = 0; index < 30; index += 1) await reader?.read();
  await expect.poll(() => sent).toBeGreaterThan(20);
  shutdown.abort();
});

test("sends a heartbeat while nothing happens", async () => {
  const shutdown = new AbortController();
  const idle = (_send: unknown, signal: AbortSignal) =>
    new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
  const stream = eventStream(request(), idle, { shutdown: shutdown.signal, heartbeatMs: 20 }).body;
  let text = "";
  for await (const part of stream?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += part;
    if ((text.match(/: still here/g)?.length ?? 0) > 2) break;
  }
  shutdown.abort();
  expect(text.match(/: still here/g)?.length).toBeGreaterThan(2);
});

test("a producer that fails tells so, without the cause", async () => {
  const response = eventStream(request(), () => Promise.reject(new Error("secret")), {
    shutdown: new AbortController().signal,
  });
  const text = await response.text();
  expect(text).toContain("event: error");
  expect(text).not.toContain("secret");
});

test("ends after its time, so that whoever listens proves anew who they are", async () => {
  const idle = (_send: unknown, signal: AbortSignal) =>
    new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
  const response = eventStream(request(), idle, { shutdown: new AbortController().signal, lifetimeMs: 50 });
  expect(await response.text()).toBe("retry: 1000\n\n");
});
