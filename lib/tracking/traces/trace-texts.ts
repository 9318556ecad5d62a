import { InvalidError, NotFoundError } from "#lib/platform/errors.ts";
import { cutText } from "#lib/tracking/cut-text.ts";
import { requireLength } from "#lib/tracking/entry-name.ts";

const MAX_ID_LENGTH = 50;
const MAX_KEY_LENGTH = 250;
/** Of a tag or of metadata, in characters; what is longer is cut, as MLflow does. */
const MAX_VALUE_LENGTH = 8_000;
const MAX_ENTRIES = 1_000;
const MAX_PREVIEW_LENGTH = 10_000;

/** Where clients look for the spans: here, not in a file. */
const SPANS_TAG = { "mlflow.trace.spansLocation": "TRACKING_STORE" };
/** Where a trace's files are; told, never stored (`store/trace-json.ts`). */
const FILES_TAG = "mlflow.artifactLocation";

/** @throws InvalidError not what an id of a trace may be */
export function requireTraceId(id: string): void {
  if (/^[A-Za-z0-9_-]+$/.test(id) && id.length <= MAX_ID_LENGTH) return;
  const problem = `not 1 to ${MAX_ID_LENGTH} letters, digits, _ and -`;
  throw new InvalidError(`Invalid trace ID '${id.slice(0, 80)}'.`, {
    details: [{ field: "trace_id", problem, remedy: "Send the id as MLflow makes it: tr- and 32 hex digits." }],
  });
}

/**
 * Tags or metadata as they are stored.
 *
 * @throws InvalidError too many, or a key that is not allowed
 */
export function takeTraceEntries(entries: Record<string, string>, field: string): Record<string, string> {
  const pairs = Object.entries(entries);
  if (pairs.length > MAX_ENTRIES) {
    const problem = `more than ${MAX_ENTRIES} entries`;
    throw new InvalidError(`'${field}' has ${problem}.`, {
      details: [{ field, problem, remedy: `Send at most ${MAX_ENTRIES}.` }],
    });
  }
  return Object.fromEntries(pairs.map(([key, value]) => [takeTraceKey(key, field), takeTraceValue(value)]));
}

/** @throws InvalidError empty or too long */
export function takeTraceKey(key: string, field: string): string {
  requireLength(key, field, MAX_KEY_LENGTH);
  if (key !== "") return key;
  throw new InvalidError(`'${field}' has an empty key.`, {
    details: [{ field, problem: "an empty key", remedy: "Name it." }],
  });
}

export function takeTraceValue(value: string): string {
  return cutText(value, MAX_VALUE_LENGTH);
}

export function takePreview(preview: string | null): string | null {
  return preview === null ? null : cutText(preview, MAX_PREVIEW_LENGTH);
}

/** The tags that are stored of a trace: only the server says where spans and files are. */
export function withSpansTag({ [FILES_TAG]: _, ...tags }: Record<string, string>): Record<string, string> {
  return { ...tags, ...SPANS_TAG };
}

/** @throws InvalidError only the server says where spans and files are */
export function requireMutableTag(key: string, act: "set" | "deleted"): void {
  if (key !== FILES_TAG && !(key in SPANS_TAG)) return;
  throw new InvalidError(`Tag '${key}' is immutable and cannot be ${act} on a trace.`, {
    details: [{ field: "key", problem: "the server's own", remedy: "Choose another key." }],
  });
}

export function noTrace(id: string): NotFoundError {
  return new NotFoundError(`Trace with ID '${id.slice(0, 80)}'`);
}
