import type { IncomingMessage, ServerResponse } from "node:http";

const PAGE = `<!doctype html><html lang="en"><meta charset="utf-8"><meta http-equiv="refresh" content="1">
<title>Assay is starting</title><style>body{font:16px/1.5 system-ui,sans-serif;margin:20vh auto;max-width:30rem;padding:0 1rem;color-scheme:light dark}</style>
<h1>Assay is starting</h1><p>This page looks again by itself.</p></html>`;

/** Answers while the process is not ready to: it lives, but everything else has to wait a second. */
export function answerStarting(request: IncomingMessage, response: ServerResponse): void {
  const path = request.url?.split("?", 1)[0];
  const wantsPage = request.headers.accept?.includes("text/html") ?? false;
  if (path === "/health" || path === "/health/live") {
    const json = path === "/health/live" || request.headers.accept?.includes("application/json");
    const body = json ? JSON.stringify({ status: "ok", uptimeSeconds: Math.round(process.uptime()) }) : "OK";
    send(response, 200, json ? "application/json; charset=utf-8" : "text/plain; charset=utf-8", body);
  } else if (wantsPage) {
    send(response, 503, "text/html; charset=utf-8", PAGE);
  } else {
    const error = {
      code: "starting",
      message: "The server is starting. Try again in a second.",
      requestId: "starting",
    };
    send(response, 503, "application/json; charset=utf-8", JSON.stringify({ error }));
  }
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, {
    "Content-Type": type,
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    ...(status === 503 && { "Retry-After": "1" }),
  });
  response.end(body);
}
