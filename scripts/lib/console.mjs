import { Failure } from "./failure.mjs";

/**
 * Runs a script's main function; a Failure is shown as one sentence and its remedy, a defect with its stack. The exit
 * code is 1 then.
 * @param {() => Promise<void>} main
 */
export function run(main) {
  main().catch((error) => {
    printError(error);
    process.exitCode = 1;
  });
}

/**
 * @param {unknown} error
 */
export function printError(error) {
  if (error instanceof Failure) {
    console.error(`\n${bold("Error:")} ${error.message}\n${bold("Do:")}    ${error.remedy}`);
    return;
  }
  console.error(error);
}

/**
 * @param {string} text
 */
function bold(text) {
  return process.stderr.isTTY && !process.env["NO_COLOR"] ? `\u001b[1m${text}\u001b[22m` : text;
}
