import fs from "node:fs";
import path from "node:path";
import { ROOT } from "./paths.mjs";

/** Reads `.env` in the clone, if there is one. What the environment has already wins. */
export function loadEnvFile() {
  const file = path.join(ROOT, ".env");
  if (fs.existsSync(file)) process.loadEnvFile(file);
}
