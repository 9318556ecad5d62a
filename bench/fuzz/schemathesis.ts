import { spawn } from "node:child_process";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { pythonEnv } from "../../scripts/lib/python-env.mjs";

/** The Python that has schemathesis: in a virtual environment of its own, made on first use. */
export function installSchemathesis(cache: string): Promise<string> {
  return pythonEnv({ name: "schemathesis", requirements: ["schemathesis==4.32.5"], cache });
}

export interface FuzzRun {
  python: string;
  /** The OpenAPI document as a file. */
  document: string;
  url: string;
  headers: Record<string, string>;
  seconds: number;
  seed: number;
  /** Of this run, for its report. */
  folder: string;
  quiet: boolean;
}

export interface FuzzFindings {
  cases: number;
  /** One a kind of failure and operation. */
  failures: { operation: string; problem: string }[];
}

/**
 * Every operation of the document, with examples, boundary values and random data, valid and not, until the time is over.
 * Left out is `positive_data_acceptance`: what a schema allows may still be refused by the state of things.
 */
export async function fuzz(options: FuzzRun): Promise<FuzzFindings> {
  const { python, document, url, headers, seconds, seed, folder, quiet } = options;
  await mkdir(folder, { recursive: true });
  const report = join(folder, "report.json");
  const args = [
    ...["-m", "schemathesis.cli", "run", document, "--url", url, "--no-color"],
    ...["--max-time", String(seconds), "--seed", String(seed), "--workers", "1", "--request-timeout", "20"],
    ...["--checks", "all", "--exclude-checks", "positive_data_acceptance"],
    ...[
      "--generation-with-security-parameters",
      "false",
      "--continue-on-failure",
      "--suppress-health-check",
      "all",
      "--warnings",
      "off",
      "--generation-database",
      "none",
    ],
    ...["--report", "json", "--report-json-path", report],
    ...Object.entries(headers).flatMap(([name, value]) => ["--header", `${name}: ${value}`]),
  ];
  await run(python, args, { quiet, cwd: folder });
  return findingsOf(JSON.parse(await readFile(report, "utf8")));
}

interface Report {
  test_cases: { generated: number };
  failures: { code: string; title: string; operations: string[] }[];
  errors: { title?: string; message?: string; operation?: string | null }[];
}

function findingsOf(report: Report): FuzzFindings {
  const failures = report.failures.flatMap(({ code, title, operations }) =>
    operations.map((operation) => ({ operation, problem: `${code} ${title}` })),
  );
  const errors = report.errors.map((error) => ({
    operation: error.operation ?? "schemathesis",
    problem: `${error.title ?? "an error of its own"} ${error.message ?? ""}`,
  }));
  return { cases: report.test_cases.generated, failures: [...failures, ...errors] };
}

/** Waits until the program has ended; what it found is in its report, whatever its exit code. */
async function run(program: string, args: string[], { quiet, cwd }: { quiet: boolean; cwd: string }): Promise<void> {
  const child = spawn(program, args, { stdio: ["ignore", quiet ? "ignore" : "inherit", "inherit"], cwd });
  await new Promise((resolve, reject) => child.on("error", reject).on("close", resolve));
}
