import { spawn } from "node:child_process";

/**
 * Runs a program to its end, without a shell.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, signal?: AbortSignal | undefined }} [options]
 * @returns {Promise<{ code: number | null, output: string }>} code null: it could not be started, or was ended
 */
export function runProgram(command, args, { env = process.env, signal } = {}) {
  return new Promise((resolve) => {
    let output = "";
    const child = spawn(command, args, { env, stdio: ["ignore", "pipe", "pipe"], ...(signal ? { signal } : {}) });
    child.stdout.setEncoding("utf8").on("data", (text) => {
      output += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text) => {
      output += text;
    });
    child.on("error", (error) => resolve({ code: null, output: output || error.message }));
    child.on("close", (code) => resolve({ code, output }));
  });
}

/**
 * The last lines of what a program said, on one line.
 * @param {string} output
 * @param {number} [lines]
 */
export function lastLines(output, lines = 3) {
  return output.trim().split("\n").slice(-lines).join(" ").slice(-600);
}
