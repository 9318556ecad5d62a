import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Failure } from "./failure.mjs";
import { ROOT } from "./paths.mjs";
import { linkLibraries } from "./pg-binaries.mjs";
import { setUp } from "./setup.mjs";

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "assay-setup-"));
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

test("links libraries as the package's install script would, once, relative, and makes binaries executable", () => {
  const native = path.join(folder, "native");
  fs.mkdirSync(path.join(native, "bin"), { recursive: true });
  fs.mkdirSync(path.join(native, "lib"));
  fs.writeFileSync(path.join(native, "bin", "postgres"), "", { mode: 0o644 });
  fs.writeFileSync(path.join(native, "lib", "libx.so.1.2"), "x");
  const links = [
    { source: "native/lib/libx.so.1.2", target: "native/lib/libx.so.1" },
    { source: "native/lib/libx.so.1.2", target: "native/lib/deep/libx.so" },
  ];
  fs.writeFileSync(path.join(native, "pg-symlinks.json"), JSON.stringify(links));
  expect(linkLibraries(native)).toBe(2);
  expect(linkLibraries(native)).toBe(0);
  expect(fs.readlinkSync(path.join(native, "lib", "libx.so.1"))).toBe("libx.so.1.2");
  expect(fs.readFileSync(path.join(native, "lib", "deep", "libx.so"), "utf8")).toBe("x");
  expect(fs.statSync(path.join(native, "bin", "postgres")).mode & 0o111).toBe(0o111);
  // A link that points nowhere is made anew.
  fs.rmSync(path.join(native, "lib", "libx.so.1"));
  fs.symlinkSync("gone", path.join(native, "lib", "libx.so.1"));
  expect(linkLibraries(native)).toBe(1);
});

test("generates the client when the schema changed, and says what Prisma refuses", { timeout: 120_000 }, async () => {
  fs.cpSync(path.join(ROOT, "prisma"), path.join(folder, "prisma"), { recursive: true });
  for (const name of ["prisma.config.ts", "package.json"]) fs.cpSync(path.join(ROOT, name), path.join(folder, name));
  fs.symlinkSync(path.join(ROOT, "node_modules"), path.join(folder, "node_modules"));
  const client = path.join(folder, "lib", "platform", "generated", "client.ts");

  expect((await setUp({ root: folder })).generated).toBe(true);
  expect(fs.existsSync(client)).toBe(true);
  expect((await setUp({ root: folder })).generated).toBe(false);

  const schema = path.join(folder, "prisma", "schema", "extra.prisma");
  fs.writeFileSync(schema, "model Extra {\n  id String @id\n}\n");
  expect((await setUp({ root: folder })).generated).toBe(true);
  expect(fs.existsSync(path.join(folder, "lib", "platform", "generated", "models", "Extra.ts"))).toBe(true);

  fs.writeFileSync(schema, "model Extra {\n  id Nonsense @id\n}\n");
  await expect(setUp({ root: folder })).rejects.toThrow(Failure);
  await expect(setUp({ root: folder })).rejects.toThrow(/Nonsense/);
});
