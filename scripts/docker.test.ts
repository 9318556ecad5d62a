import fs from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { ROOT } from "./lib/paths.mjs";

interface Instruction {
  word: string;
  rest: string;
}
interface Stage {
  name: string;
  from: string;
  instructions: Instruction[];
}

/** The instructions of the Dockerfile by stage; continued lines are joined, comments left out. */
function readStages(): Stage[] {
  const text = fs.readFileSync(path.join(ROOT, "Dockerfile"), "utf8");
  const lines = text
    .replace(/^\s*#.*\n/gm, "")
    .replace(/\\\n/g, " ")
    .split("\n")
    .filter((line) => line.trim() !== "");
  const stages: Stage[] = [];
  for (const line of lines) {
    const [, word = "", rest = ""] = /^([A-Z]+)\s+(.*)$/.exec(line) ?? [];
    expect(
      ["ARG", "FROM", "WORKDIR", "ENV", "COPY", "RUN", "USER", "VOLUME", "STOPSIGNAL", "EXPOSE", "HEALTHCHECK", "CMD"],
      line,
    ).toContain(word);
    if (word === "FROM") {
      const [, from = "", name = ""] = /^(\S+) AS (\S+)$/.exec(rest) ?? [];
      expect(name, line).not.toBe("");
      stages.push({ name, from, instructions: [] });
    } else {
      stages.at(-1)?.instructions.push({ word, rest });
    }
  }
  return stages;
}

/** A stage and those it is made from, nearest first. */
function lineage(stages: Stage[], name: string): Stage[] {
  const stage = stages.find((one) => one.name === name);
  return stage ? [stage, ...lineage(stages, stage.from)] : [];
}

const ignored = fs
  .readFileSync(path.join(ROOT, ".dockerignore"), "utf8")
  .split("\n")
  .filter((line) => line && !line.startsWith("#"));

const stages = readStages();
const BASE_IMAGE = /^node:\$\{NODE\}$/;
const targets = ["server", "api", "worker"];

test("every stage is made from one before it, and every file it copies is there and not ignored", () => {
  const known: string[] = [];
  let copies = 0;
  for (const { name, from, instructions } of stages) {
    expect(known.includes(from) || BASE_IMAGE.test(from), `${name}: FROM ${from}`).toBe(true);
    for (const { rest } of instructions.filter(({ word }) => word === "COPY")) {
      const words = rest.split(/\s+/);
      const source = words.find((word) => word.startsWith("--from="))?.slice("--from=".length);
      const files = words.filter((word) => !word.startsWith("--")).slice(0, -1);
      if (source) expect(known, rest).toContain(source);
      else {
        for (const file of files) {
          copies += 1;
          expect(fs.existsSync(path.join(ROOT, file)), `${name}: COPY ${file}`).toBe(true);
          expect(ignored, `${name}: COPY ${file}`).not.toContain(file);
        }
      }
    }
    known.push(name);
  }
  expect(copies).toBeGreaterThan(8);
});

test("there are the targets server, api and worker; all run as an unprivileged user, with a health check and a command", () => {
  for (const target of targets) {
    const line = lineage(stages, target);
    const last = (word: string) =>
      line.flatMap(({ instructions }) => instructions.filter((one) => one.word === word)).at(0)?.rest;
    expect(last("USER"), target).toBe("node");
    expect(last("HEALTHCHECK"), target).toContain("scripts/healthcheck.mjs");
    const command: unknown = JSON.parse(last("CMD") ?? "");
    expect(command).toEqual([
      "node",
      "--enable-source-maps",
      target === "worker" ? "dist/worker.js" : "dist/server.js",
    ]);
    expect(last("ENV"), target).toContain(`ASSAY_ROLE=${target}`);
    expect(line.at(-1)?.from).toMatch(BASE_IMAGE);
  }
  expect(stages.at(-1)?.name).toBe("server");
});

test("only the worker's image holds the native engine, and the api's no pages", () => {
  const copiesOf = (target: string) =>
    lineage(stages, target).flatMap(({ instructions }) =>
      instructions.filter(({ word }) => word === "COPY").map(({ rest }) => rest),
    );
  expect(targets.filter((target) => copiesOf(target).some((rest) => rest.includes("--from=engine")))).toEqual([
    "worker",
  ]);
  expect(targets.filter((target) => copiesOf(target).some((rest) => rest.includes("/.next")))).toEqual(["server"]);
});

interface Service {
  build?: { context: string; target: string };
  image?: string;
  environment?: Record<string, string>;
  volumes?: string[];
  depends_on?: Record<string, { condition: string }>;
}

test("the compose file's services build those targets, wait for what they need, and mount what is there", () => {
  const text = fs.readFileSync(path.join(ROOT, "docker-compose.yml"), "utf8");
  const compose = parse(text, { merge: true }) as {
    services: Record<string, Service>;
    volumes: Record<string, unknown>;
  };
  expect(Object.keys(compose.services).sort()).toEqual(["migrate", "postgres", "redis", "server", "worker"]);
  for (const [name, service] of Object.entries(compose.services)) {
    expect(Boolean(service.build) !== Boolean(service.image), name).toBe(true);
    if (service.build) expect(targets, name).toContain(service.build.target);
    for (const other of Object.keys(service.depends_on ?? {}))
      expect(compose.services[other], `${name} → ${other}`).toBeDefined();
    for (const volume of service.volumes ?? []) {
      const [source = ""] = volume.split(":");
      if (source.startsWith(".")) expect(fs.existsSync(path.join(ROOT, source)), volume).toBe(true);
      else expect(Object.keys(compose.volumes), volume).toContain(source);
    }
  }
  const { server, worker, migrate } = compose.services;
  for (const service of [server, worker]) {
    expect(service?.environment?.["DATABASE_URL"]).toContain("assay_app");
    expect(service?.environment?.["MIGRATE_DATABASE_URL"]).toBeUndefined();
    expect(service?.depends_on?.["migrate"]?.condition).toBe("service_completed_successfully");
  }
  expect(migrate?.environment?.["MIGRATE_DATABASE_URL"]).toContain("assay_owner");
  // Each variable it wants of .env is explained there.
  const example = fs.readFileSync(path.join(ROOT, ".env.example"), "utf8");
  for (const [, variable = ""] of text.matchAll(/\$\{([A-Z_]+)/g)) expect(example, variable).toContain(variable);
});
