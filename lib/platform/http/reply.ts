type ResponseClass = new (body?: BodyInit | null, init?: ResponseInit) => Response;

let Reply: ResponseClass = Response;

/**
 * The class that replies are made of. The Node host sets one that its adapter can write out without building a web
 * stream, which about doubles what `/predict` can serve; elsewhere it is the platform's own.
 */
export function setResponseClass(replacement: ResponseClass): void {
  Reply = replacement;
}

export function makeResponse(body: BodyInit | null, status: number, headers: Record<string, string>): Response {
  return new Reply(body, { status, headers });
}

/** On every reply of the API. */
export const API_HEADERS = {
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
  "Referrer-Policy": "no-referrer",
  "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
  "Cache-Control": "no-store",
} as const;
