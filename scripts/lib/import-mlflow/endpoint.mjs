import http from "node:http";
import https from "node:https";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { Failure, messageOf } from "../failure.mjs";

/** @typedef {{ [name: string]: any }} Json */
/** @typedef {{ query?: Record<string, string | number | undefined>, body?: unknown }} Message */

/** Longest JSON that is read: a page of 200 runs with all their params and metrics is far below. */
const MAX_JSON_BYTES = 128 * 1024 * 1024;
const PATIENCE_MS = 120_000;
const TRIES = 4;

/** The server understood, and refused; or its answer makes no sense. */
export class WireError extends Error {
  /**
   * @param {string} message
   * @param {number} status
   * @param {string} code of the wire, such as RESOURCE_DOES_NOT_EXIST
   */
  constructor(message, status, code) {
    super(message);
    this.name = "WireError";
    this.status = status;
    this.code = code;
  }
}

/**
 * One server that speaks MLflow's protocol. Redirects are not followed: the key goes to nobody else. Nothing that it says
 * is trusted: replies have a bound, and must be JSON objects.
 */
export class Endpoint {
  /**
   * @param {object} options
   * @param {string} options.name for messages: "the old server"
   * @param {string} options.url checked by {@link checkUrl}
   * @param {Record<string, string>} options.headers credentials
   */
  constructor({ name, url, headers }) {
    this.name = name;
    this.url = url;
    this.headers = headers;
  }

  /**
   * @param {string} path
   * @param {Message["query"]} [query]
   */
  get(path, query = {}) {
    return this.call("GET", path, { query });
  }

  /**
   * @param {string} path
   * @param {unknown} body
   */
  post(path, body) {
    return this.call("POST", path, { body });
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {Message} message
   * @returns {Promise<Json>}
   * @throws {WireError} it refused
   * @throws {Failure} it cannot be reached, or not with these credentials
   */
  async call(method, path, { query = {}, body }) {
    for (let attempt = 1; ; attempt++) {
      const last = attempt === TRIES;
      /** @type {Response} */
      let reply;
      try {
        reply = await fetch(this.address(path, query), {
          method,
          redirect: "manual",
          headers: { ...this.headers, ...(body === undefined ? {} : { "Content-Type": "application/json" }) },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
          signal: AbortSignal.timeout(PATIENCE_MS),
        });
      } catch (error) {
        // Whether a write came through is not known: only a read is tried again.
        if (last || method !== "GET") throw this.unreachable(error);
        await sleep(500 * attempt);
        continue;
      }
      const isBusy = reply.status === 429 || reply.status === 503;
      if (!last && (isBusy || (method === "GET" && reply.status >= 500 && reply.status !== 501))) {
        await reply.body?.cancel();
        const asked = Number(reply.headers.get("retry-after"));
        await sleep(asked > 0 && asked <= 60 ? asked * 1_000 : 500 * attempt);
        continue;
      }
      return this.read(method, path, reply);
    }
  }

  /**
   * All items of a list that comes in pages.
   *
   * @param {"GET" | "POST"} method
   * @param {string} path
   * @param {Json} message its `page_token` is set here
   * @param {string} field that holds the items
   * @returns {AsyncGenerator<Json[]>}
   */
  async *pages(method, path, message, field) {
    /** @type {Set<string>} */
    const seen = new Set();
    let token = "";
    do {
      const asked = { ...message, ...(token === "" ? {} : { page_token: token }) };
      const page = await this.call(method, path, method === "GET" ? { query: asked } : { body: asked });
      const items = page[field] ?? [];
      if (!Array.isArray(items)) throw new WireError(`${this.name}: ${path} has no list of ${field}.`, 200, "");
      yield items;
      token = text(page["next_page_token"]);
      if (seen.has(token)) throw new WireError(`${this.name}: the pages of ${path} go round in a circle.`, 200, "");
      seen.add(token);
    } while (token !== "");
  }

  /**
   * A file, as a stream.
   *
   * @param {string} path
   * @param {Record<string, string>} query
   * @returns {Promise<Readable>}
   */
  async download(path, query) {
    /** @type {Response} */
    let reply;
    try {
      reply = await fetch(this.address(path, query), { redirect: "manual", headers: this.headers });
    } catch (error) {
      throw this.unreachable(error);
    }
    if (reply.status !== 200 || reply.body === null) await this.refuse("GET", path, reply);
    return Readable.fromWeb(/** @type {import("node:stream/web").ReadableStream} */ (reply.body));
  }

  /**
   * Puts a file of a known size.
   *
   * @param {string} path with every segment encoded
   * @param {Readable} source fails unless it gives exactly `size` bytes
   * @param {number} size bytes
   */
  async upload(path, source, size) {
    const address = new URL(`${this.url}${path}`);
    const send = address.protocol === "https:" ? https.request : http.request;
    const request = send(address, {
      method: "PUT",
      headers: { ...this.headers, "Content-Type": "application/octet-stream", "Content-Length": size },
    });
    const answered = new Promise((/** @type {(reply: http.IncomingMessage) => void} */ resolve, reject) => {
      request.on("response", resolve).on("error", reject);
    });
    // A refusal may come before all is sent: then its words count, not the broken pipe.
    const sent = pipeline(source, request);
    const reply = await Promise.race([answered, sent.then(() => answered)]).catch((error) => {
      request.destroy();
      throw error instanceof WireError ? error : new WireError(messageOf(error), 0, "");
    });
    const status = reply.statusCode ?? 0;
    const headers = new Headers({ "content-type": reply.headers["content-type"] ?? "" });
    const body = /** @type {ReadableStream} */ (Readable.toWeb(reply));
    const whole = new Response(status === 204 ? null : body, { status, headers });
    if (status < 200 || status > 299) {
      sent.catch(() => undefined);
      request.destroy();
      await this.refuse("PUT", path, whole);
    }
    await whole.arrayBuffer();
    await sent;
  }

  /**
   * @param {string} path
   * @param {NonNullable<Message["query"]>} query
   */
  address(path, query) {
    const given = Object.entries(query).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, String(value)]],
    );
    const search = new URLSearchParams(given).toString();
    return `${this.url}${path}${search === "" ? "" : `?${search}`}`;
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {Response} reply
   * @returns {Promise<Json>}
   */
  async read(method, path, reply) {
    if (!reply.ok) return this.refuse(method, path, reply);
    if (reply.status === 204) return {};
    const value = parse(await readBounded(reply, this.name));
    if (value === undefined) {
      throw new WireError(`${this.name} answered ${method} ${path} with something that is no JSON object.`, 200, "");
    }
    return value;
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {Response} reply
   * @returns {Promise<never>}
   */
  async refuse(method, path, reply) {
    const said = parse(await readBounded(reply, this.name)) ?? {};
    const { status } = reply;
    if (status === 401) {
      throw new Failure(
        `${this.name} (${this.url}) does not accept the credentials.`,
        "Set them in the environment: see npm run import:mlflow -- --help.",
      );
    }
    const why = text(said["message"]).slice(0, 500) || `${method} ${path} was answered with ${status}`;
    const isRedirect = status >= 300 && status < 400;
    throw new WireError(isRedirect ? `${why}; redirects are not followed` : why, status, text(said["error_code"]));
  }

  /**
   * @param {unknown} error
   */
  unreachable(error) {
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
    return new Failure(
      `${this.name} (${this.url}) does not answer: ${messageOf(cause) || messageOf(error)}`,
      "Once it does, run the same command again: it goes on from there.",
      error,
    );
  }
}

/**
 * @param {string} given
 * @param {string} what for messages
 * @returns {string} without a slash at its end
 * @throws {Failure}
 */
export function checkUrl(given, what) {
  const url = URL.canParse(given) ? new URL(given) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.search !== "" || url.hash !== "") {
    throw new Failure(`${what} is not an address: ${given}`, "Give one such as http://mlflow.example.org:5000.");
  }
  if (url.username !== "" || url.password !== "") {
    throw new Failure(`${what} holds a password.`, "Set it in the environment: see npm run import:mlflow -- --help.");
  }
  return `${url.origin}${url.pathname}`.replace(/\/+$/, "");
}

/**
 * @param {unknown} value
 * @returns {string} empty unless it is a text or a number
 */
export function text(value) {
  return typeof value === "string" ? value : typeof value === "number" ? String(value) : "";
}

/**
 * @param {Response} reply
 * @param {string} name
 */
async function readBounded(reply, name) {
  /** @type {Uint8Array[]} */
  const parts = [];
  let bytes = 0;
  for await (const part of reply.body ?? []) {
    bytes += part.byteLength;
    if (bytes > MAX_JSON_BYTES) throw new WireError(`${name} sent a reply of more than 128 MB.`, reply.status, "");
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}

/**
 * @param {string} body
 * @returns {Json | undefined}
 */
function parse(body) {
  try {
    const value = JSON.parse(body);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
