import { readdirSync } from "node:fs";
import { dirname } from "node:path";

/** What stands for a parameter: an address that could be, of something that is not there. */
const MADE_UP: Record<string, string> = { id: "0".repeat(32), name: "no-such-name", version: "1" };

export interface PageFile {
  path: string;
  /** In the shell, so that it belongs to a project. */
  inConsole: boolean;
}

/** Every page that there is, read from the folders that Next routes by. A new one is among them by itself. */
export function allPages(): PageFile[] {
  const files = readdirSync("app", { recursive: true, encoding: "utf8" });
  return files
    .filter((file) => /(^|\/)page\.tsx$/.test(file) && !/(^|\/)_/.test(file))
    .map((file) => {
      const parts = dirname(file).split("/");
      const path = parts
        .filter((part) => part !== "." && !part.startsWith("("))
        .map((part) => part.replace(/^\[(.+)\]$/, (_, name: string) => MADE_UP[name] ?? "nothing"))
        .join("/");
      return { path: `/${path}`, inConsole: parts[0] === "(console)" };
    });
}
