import { type Api, createApi } from "#lib/api/app.ts";
import { createApiKey } from "#lib/auth/create-api-key.ts";
import { SCOPES, type Scope } from "#lib/auth/scopes.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { newId } from "#lib/platform/ids.ts";
import { makeCtx, type Runtime } from "#lib/platform/runtime.ts";

export interface OpenApi extends Api {
  /** Asks from an address of its own each time, so that limits by address stay out of it. */
  ask(path: string, init?: { method?: string; headers?: Record<string, string>; body?: unknown }): Promise<Response>;
}

/** The API of a test's runtime. A body that is a text or bytes is sent as it is. */
export function openApi(runtime: Runtime): OpenApi {
  const api = createApi(runtime);
  let calls = 0;
  return {
    ...api,
    async ask(path, { method = "get", headers, body } = {}) {
      calls += 1;
      const env = { incoming: { socket: { remoteAddress: `10.9.${calls >> 8}.${calls & 255}` } } };
      const sent =
        body === undefined ? {} : { body: typeof body === "string" || isBytes(body) ? body : JSON.stringify(body) };
      const all = { "Content-Type": "application/json", ...headers };
      return api.app.request(path, { method: method.toUpperCase(), headers: all, ...sent }, env);
    },
  };
}

function isBytes(body: unknown): body is Uint8Array<ArrayBuffer> {
  return body instanceof Uint8Array;
}

/** The header of a key that nobody owns, as the bootstrap key; of every scope unless told otherwise. */
export async function makeOwnerlessKey(runtime: Runtime, ctx: Ctx, scopes: readonly Scope[] = SCOPES) {
  const actor = { type: "system", id: "test", scopes: SCOPES } as const;
  const maker = makeCtx(runtime, { actor, projectId: ctx.projectId });
  const { key } = await createApiKey(maker, { name: newId("k"), scopes: [...scopes] });
  return { Authorization: `Bearer ${key}` };
}

/** A person with a membership, as a row only. */
export async function makeMember(runtime: Runtime, ctx: Ctx, role = "viewer"): Promise<{ id: string; email: string }> {
  const id = newId("usr");
  const email = `${id.toLowerCase()}@example.org`;
  const memberships = { create: { projectId: ctx.projectId, role } };
  await runtime.db.user.create({ data: { id, email, name: "One", role: "user", memberships } });
  return { id, email };
}
