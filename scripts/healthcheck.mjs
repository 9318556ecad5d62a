#!/usr/bin/env node
/** What the images' HEALTHCHECK runs: GET /health on this container's own port, or on the one named. */
const port = process.argv[2] ?? process.env["PORT"] ?? "3000";
const reply = await fetch(`http://127.0.0.1:${port}/health`, { signal: AbortSignal.timeout(2_500) }).catch(
  () => undefined,
);
process.exit(reply?.ok ? 0 : 1);
