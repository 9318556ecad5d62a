import { expect, test } from "vitest";
import { personInProject } from "#lib/auth/ask-project.ts";
import type { ResolvedSession } from "#lib/auth/resolve-session.ts";

const memberships = ["default", "fraud", "vision"].map((projectId) => ({ projectId, role: "viewer", grants: [] }));
const session: ResolvedSession = {
  sid: "s",
  actor: { type: "user", id: "usr_1", email: "a@example.com", name: "A", scopes: [] },
  projectId: "default",
  expiresAt: new Date(0),
  lastSeenAt: new Date(0),
  mustChangePassword: false,
  isInstanceAdmin: false,
  memberships,
};
const projectOf = async (headers: Record<string, string>, asked?: string) =>
  (await personInProject(session, new Headers(headers), asked, async () => true)).projectId;
const cookie = "assay_project=vision";
const from = (query: string) => ({ cookie, referer: `http://assay.test/runs${query}` });

test("the page that a request came from says more than the cookie, which windows share; the address most", async () => {
  expect(await projectOf({ cookie })).toBe("vision");
  expect(await projectOf(from("?q=a&project=fraud"))).toBe("fraud");
  expect(await projectOf(from("?q=a"))).toBe("vision");
  expect(await projectOf(from("?project=fraud"), "default")).toBe("default");
});

test("a hint that is out of date locks nobody out, a name that is not theirs is not there", async () => {
  expect(await projectOf(from("?project=left-long-ago"))).toBe("vision");
  expect(await projectOf({ cookie: "assay_project=left-long-ago", referer: "no address" })).toBe("default");
  await expect(projectOf({}, "left-long-ago")).rejects.toMatchObject({ code: "no_such_project" });
});
