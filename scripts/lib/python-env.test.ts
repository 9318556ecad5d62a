import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { pythonEnv, readRequirements } from "./python-env.mjs";

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "assay-python-"));
});
afterEach(() => {
  vi.unstubAllEnvs();
  fs.rmSync(folder, { recursive: true, force: true });
});
const hasPython = spawnSync("python3", ["-c", "import ensurepip, venv"]).status === 0;

test("a requirements file: what names a package", () => {
  const file = path.join(folder, "requirements.txt");
  fs.writeFileSync(file, "# why\n\nmlflow==3.17.2\n  numpy==2.4.6\n");
  expect(readRequirements(file)).toEqual(["mlflow==3.17.2", "numpy==2.4.6"]);
});

test("without Python it says so and what to install", async () => {
  vi.stubEnv("PATH", folder);
  const refused = pythonEnv({ name: "none", requirements: ["a==1"], cache: folder });
  await expect(refused).rejects.toMatchObject({
    message: "There is no python3 on the PATH.",
    remedy: expect.stringContaining("apt-get install python3"),
  });
});

test.skipIf(!hasPython)(
  "packages that cannot be had leave nothing behind, nor do builds that were killed",
  async () => {
    const missing = path.join(folder, "no-such-package");
    const cache = path.join(folder, "cache");
    // No process has this number: Linux counts to 4,194,304 at most.
    const orphan = path.join(cache, "tool-0123456789abcdef.9999999");
    const another = path.join(cache, "other-0123456789abcdef.9999999");
    for (const one of [orphan, another]) fs.mkdirSync(one, { recursive: true });
    await expect(pythonEnv({ name: "tool", requirements: [missing], cache })).rejects.toThrow("could not install");
    expect(fs.readdirSync(cache)).toEqual([path.basename(another)]);
  },
);

test.skipIf(!hasPython)("one that is there is taken, without pip; others have other names", async () => {
  const cache = path.join(folder, "cache");
  const source = path.join(folder, "wheel");
  const wheel = makeWheel(source);
  const said: string[] = [];
  const python = await pythonEnv({ name: "tool", requirements: [wheel], cache, say: (detail) => said.push(detail) });
  expect(spawnSync(python, ["-c", "import tiny_tool; print(tiny_tool.answer)"]).stdout.toString().trim()).toBe("42");
  expect(said.length).toBeGreaterThan(0);
  fs.rmSync(source, { recursive: true });
  expect(await pythonEnv({ name: "tool", requirements: [wheel], cache })).toBe(python);
  await expect(pythonEnv({ name: "tool", requirements: [wheel, source], cache })).rejects.toThrow("could not install");
});

/** A wheel is a zip of the package and three lines about it; Python makes the zip. */
function makeWheel(target: string): string {
  fs.mkdirSync(target);
  const file = path.join(target, "tiny_tool-1.0-py3-none-any.whl");
  const script = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1], "w") as wheel:
    wheel.writestr("tiny_tool.py", "answer = 42\\n")
    wheel.writestr("tiny_tool-1.0.dist-info/METADATA", "Metadata-Version: 2.1\\nName: tiny-tool\\nVersion: 1.0\\n")
    wheel.writestr("tiny_tool-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    wheel.writestr("tiny_tool-1.0.dist-info/RECORD", "")
`;
  expect(spawnSync("python3", ["-c", script, file]).status).toBe(0);
  return file;
}
