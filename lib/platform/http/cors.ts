/** Headers for a browser at `origin`; none when it is not listed. */
export type Cors = (origin: string | null) => Record<string, string> | undefined;

/** @param origins as in ASSAY_CORS_ORIGINS: `https://app.example.org`, or `*`. Cookies never cross: keys do. */
export function createCors(origins: readonly string[]): Cors {
  const listed = new Set(origins.map((origin) => origin.trim().replace(/\/$/, "")).filter((origin) => origin !== ""));
  const any = listed.has("*");
  return (origin) => {
    if (origin === null || !(any || listed.has(origin))) return undefined;
    return {
      "Access-Control-Allow-Origin": any ? "*" : origin,
      "Access-Control-Expose-Headers": "X-Request-Id, Retry-After",
      Vary: "Origin",
    };
  };
}

/** What a preflight gets on top. */
export function preflightHeaders(methods: string): Record<string, string> {
  return {
    "Access-Control-Allow-Methods": methods,
    "Access-Control-Allow-Headers": "Authorization, Content-Type, X-Request-Id, X-Assay-Project, X-MLflow-Workspace",
    "Access-Control-Max-Age": "600",
  };
}
