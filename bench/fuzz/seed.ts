import { encode } from "next-auth/jwt";
import { newApiKey } from "#lib/auth/create-api-key.ts";
import { hashKey } from "#lib/auth/key-hash.ts";
import { SESSION_COOKIE } from "#lib/auth/next-auth-token.ts";
import { SCOPES, scopesOfRole } from "#lib/auth/scopes.ts";
import { serverEnvOf } from "#lib/platform/http/host.ts";
import { newId } from "#lib/platform/ids.ts";
import { makeCtx, type Runtime } from "#lib/platform/runtime.ts";
import { digitOnnx, putIntoProduction } from "#lib/testing/digit-model.ts";
import { createRun, ensureExperiment, logMetrics, putArtifact, setRunStatus } from "#lib/tracking/index.ts";
import { submitRun } from "#lib/training/submit-run.ts";
import { seedDigits, smallRun } from "#lib/training/testing/seed-digits.ts";
import type { Identity } from "./tally.ts";

const RUNS = 12;

/** Ids that are there, by the first folder of the paths that take them: most random ones would only be not found. */
export type Known = Record<string, string[]>;

export async function seed(runtime: Runtime): Promise<Known> {
  const ctx = makeCtx(runtime, { actor: { type: "system", id: "fuzz", scopes: SCOPES } });
  await seedDigits(ctx, { train: 200, test: 50 });
  await putIntoProduction(ctx, 1, digitOnnx(1));
  await putIntoProduction(ctx, 2, digitOnnx(2));
  const experiment = await ensureExperiment(ctx, { name: "fuzzed" });
  const runs: string[] = [];
  for (let index = 0; index < RUNS; index += 1) {
    const { id } = await createRun(ctx, { experimentId: experiment.id, name: `run ${index}` });
    await logMetrics(ctx, {
      runId: id,
      points: [0, 1, 2].map((step) => ({ key: "val_loss", value: 1 / (step + 1), step, at: Date.now() })),
    });
    await putArtifact(ctx, { runId: id, path: "model/notes.txt", source: Buffer.from("notes") });
    if (index % 2 === 0) await setRunStatus(ctx, { runId: id, to: "FINISHED" });
    runs.push(id);
  }
  const submitted = await submitRun(ctx, smallRun());
  const user = await runtime.db.user.create({
    data: { id: newId("usr"), email: "known@example.org", name: "Known", role: "user" },
  });
  await runtime.db.project.create({ data: { id: "side", name: "Side" } });
  return {
    runs: [...runs, submitted.runId],
    training: [submitted.runId],
    models: ["digits"],
    versions: ["1", "2"],
    datasets: ["synthetic-digits"],
    users: [user.id],
    members: [user.id],
    projects: ["side"],
    artifacts: ["model/notes.txt"],
  };
}

/** A signed-in admin of the instance: reaches what only a person may do as well. */
export async function adminBySession(runtime: Runtime, origin: string): Promise<Identity> {
  const { db, clock } = runtime;
  const now = clock.now();
  const user = { id: newId("usr"), email: "fuzz-admin@example.org", name: "Admin", role: "admin" };
  const sid = newId("ses");
  const expiresAt = new Date(now.getTime() + 86_400_000);
  await db.user.create({ data: user });
  await db.session.create({ data: { id: sid, userId: user.id, expiresAt, authenticatedAt: now } });
  const token = await encode({ token: { sid }, secret: serverEnvOf(runtime).ASSAY_SECRET });
  return {
    name: "an admin by session",
    scopes: SCOPES,
    headers: { Cookie: `${SESSION_COOKIE}=${token}`, Origin: origin },
  };
}

/** A key of a viewer, with every scope that a key can ask for: what counts is the role of its owner. */
export async function viewerByKey(runtime: Runtime): Promise<Identity> {
  const { db } = runtime;
  const user = { id: newId("usr"), email: "fuzz-viewer@example.org", name: "Viewer", role: "user" };
  const key = newApiKey();
  await db.user.create({ data: user });
  await db.membership.create({ data: { projectId: "default", userId: user.id, role: "viewer" } });
  const row = { projectId: "default", name: "fuzz", prefix: key.slice(0, 10), hash: hashKey(key), userId: user.id };
  await db.apiKey.create({ data: { id: newId("key"), ...row, scopes: [...SCOPES] } });
  return { name: "a viewer by key", scopes: scopesOfRole("viewer"), headers: { Authorization: `Bearer ${key}` } };
}
