import { z } from "zod";
import { pageProject } from "#app/_live/page-project.ts";

/** What the API's error envelope says; only what a page shows. */
const Envelope = z.object({
  error: z.object({
    code: z.string(),
    message: z.string(),
    details: z.array(z.object({ field: z.string(), problem: z.string(), remedy: z.string() })).optional(),
    requestId: z.string().optional(),
  }),
});

/** A refusal or a failure of the API, in words for people. */
export class ApiFailure extends Error {
  readonly code: string;
  readonly requestId: string | undefined;
  readonly details: { field: string; problem: string; remedy: string }[];

  constructor(
    message: string,
    rest: { code: string; requestId?: string | undefined; details?: ApiFailure["details"] | undefined },
  ) {
    super(message);
    this.name = "ApiFailure";
    this.code = rest.code;
    this.requestId = rest.requestId;
    this.details = rest.details ?? [];
  }
}

/**
 * Calls the REST API of this server with the browser's session, about the project that the page shows.
 *
 * @throws ApiFailure also when the server cannot be reached
 */
export async function call<T extends z.ZodType>(
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE",
  path: string,
  options: { reply: T; body?: unknown; signal?: AbortSignal; ifMatch?: string; headers?: Record<string, string> },
): Promise<z.infer<T>> {
  const project = pageProject();
  const response = await fetch(path, {
    method,
    headers: {
      ...options.headers,
      ...(project === undefined ? {} : { "x-assay-project": project }),
      ...(options.body === undefined ? {} : { "content-type": "application/json" }),
      ...(options.ifMatch === undefined ? {} : { "if-match": options.ifMatch }),
    },
    ...(options.signal === undefined ? {} : { signal: options.signal }),
    ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
  }).catch((cause: unknown) => {
    if (options.signal?.aborted) throw cause;
    throw new ApiFailure("The server cannot be reached. Is it running?", { code: "unreachable" });
  });
  const text = await response.text();
  const json = jsonOf(text);
  if (response.ok) return options.reply.parse(json);
  const envelope = Envelope.safeParse(json);
  if (!envelope.success) {
    throw new ApiFailure(`The server answered ${response.status}.`, { code: String(response.status) });
  }
  throw new ApiFailure(envelope.data.error.message, envelope.data.error);
}

/** A proxy in between may answer with a page of its own. */
function jsonOf(text: string): unknown {
  try {
    return text === "" ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
