import { getRuntime, type Runtime } from "#lib/platform/runtime.ts";

interface ServerSentEvent {
  /** The name that `addEventListener` takes; `message` when absent. */
  event?: string;
  /** Comes back as Last-Event-ID when the browser reconnects. */
  id?: string;
  /** Sent as JSON. */
  data: unknown;
}

/** Resolves when the client has room for more: true, or false when it is gone. */
export type SendEvent = (event: ServerSentEvent) => Promise<boolean>;

export interface EventStreamOptions {
  heartbeatMs?: number;
  /** How long one stream may last. */
  lifetimeMs?: number;
  /** Ends the stream from this side; by default the process's shutdown. */
  shutdown?: AbortSignal;
}

const HEARTBEAT_MS = 15_000;
/** Then the browser comes again, which proves anew who it is: a revoked session or key reads on for this long at most. */
const LIFETIME_MS = 60_000;
/** Bytes that may wait for a slow client before `send` does. */
const HIGH_WATER_BYTES = 64 * 1024;

/** Aborted when the process stops, so that streams end before the connections are cut. */
export function shutdownController(runtime: Runtime): AbortController {
  return runtime.singleton("http.shutdown", () => {
    const controller = new AbortController();
    runtime.onClose(() => controller.abort());
    return controller;
  });
}

/**
 * Server-sent events. `produce` sends until it returns or `signal` is aborted: the client left, the stream's
 * time is over (the browser reconnects with Last-Event-ID), or the process stops.
 * What it throws ends the stream with an `error` event.
 */
export function eventStream(
  request: Request,
  produce: (send: SendEvent, signal: AbortSignal) => Promise<void>,
  options: EventStreamOptions = {},
): Response {
  const shutdown = options.shutdown ?? shutdownController(getRuntime()).signal;
  const ended = new AbortController();
  const encoder = new TextEncoder();
  let wake: (() => void) | undefined;
  let cancelled = false;
  let heartbeat: NodeJS.Timeout | undefined;
  let lifetime: NodeJS.Timeout | undefined;

  const end = () => {
    clearInterval(heartbeat);
    clearTimeout(lifetime);
    shutdown.removeEventListener("abort", end);
    request.signal.removeEventListener("abort", end);
    ended.abort();
    wake?.();
  };

  const body = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const write = (text: string) => controller.enqueue(encoder.encode(text));
        const send: SendEvent = async (event) => {
          if (ended.signal.aborted) return false;
          write(format(event));
          while ((controller.desiredSize ?? 0) <= 0 && !ended.signal.aborted) {
            await new Promise<void>((resolve) => {
              wake = resolve;
            });
          }
          return !ended.signal.aborted;
        };
        write("retry: 1000\n\n");
        heartbeat = setInterval(() => {
          if ((controller.desiredSize ?? 0) > 0) write(": still here\n\n");
        }, options.heartbeatMs ?? HEARTBEAT_MS);
        heartbeat.unref();
        lifetime = setTimeout(end, options.lifetimeMs ?? LIFETIME_MS);
        lifetime.unref();
        if (shutdown.aborted || request.signal.aborted) end();
        shutdown.addEventListener("abort", end, { once: true });
        request.signal.addEventListener("abort", end, { once: true });
        produce(send, ended.signal)
          .catch(() => {
            if (!cancelled && !shutdown.aborted)
              write(format({ event: "error", data: { message: "The stream broke off." } }));
          })
          .finally(() => {
            end();
            if (!cancelled) controller.close();
          });
      },
      pull: () => wake?.(),
      cancel() {
        cancelled = true;
        end();
      },
    },
    new ByteLengthQueuingStrategy({ highWaterMark: HIGH_WATER_BYTES }),
  );
  return new Response(body, {
    headers: { "Content-Type": "text/event-stream; charset=utf-8", "X-Accel-Buffering": "no" },
  });
}

function format({ event, id, data }: ServerSentEvent): string {
  const name = event === undefined ? "" : `event: ${event}\n`;
  const mark = id === undefined ? "" : `id: ${id}\n`;
  return `${name}${mark}data: ${JSON.stringify(data)}\n\n`;
}
