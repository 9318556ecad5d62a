import pino from "pino";

export type Logger = pino.Logger;

/** JSON lines on standard output; secrets that may sit in headers or bodies are removed. */
export function createLogger(options: { level: string; name: string }): Logger {
  return pino({
    name: options.name,
    level: options.level,
    redact: ["*.password", "*.authorization", "*.cookie", "req.headers.authorization", "req.headers.cookie"],
    timestamp: pino.stdTimeFunctions.isoTime,
  });
}
