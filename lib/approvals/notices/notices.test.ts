import { afterAll, describe, expect, test } from "vitest";
import type { NoticeChannels } from "#lib/approvals/notices/channels.ts";
import { composeNotice, type NoticeFacts } from "#lib/approvals/notices/compose-notice.ts";
import { kindOf, NOTICE_KINDS } from "#lib/approvals/notices/kinds.ts";
import { listNotices } from "#lib/approvals/notices/list-notices.ts";
import { planExpiring } from "#lib/approvals/notices/plan-expiring.ts";
import { noticeOf, planNotices } from "#lib/approvals/notices/plan-notices.ts";
import { sendNotice } from "#lib/approvals/notices/send-notice.ts";
import { seedNoticedRequest, seedPerson } from "#lib/approvals/notices/testing/request.ts";
import { startMailServer, startWebhook, type TestServer } from "#lib/approvals/notices/testing/servers.ts";
import { toSlack } from "#lib/approvals/notices/to-slack.ts";
import type { Actor, Ctx } from "#lib/platform/ctx.ts";
import { layOut, openMailer } from "#lib/platform/mail.ts";
import { pgTest } from "#lib/testing/pg.ts";

const NOW = new Date("2026-11-21T00:00:00Z");
const opened: TestServer<unknown>[] = [];
const keep = <T>(server: TestServer<T>): TestServer<T> => {
  opened.push(server);
  return server;
};

afterAll(async () => {
  await Promise.all(opened.map((server) => server.close()));
});

function channelsOf(given: { smtp?: string; slack?: string; allow?: string }): NoticeChannels {
  const publicUrl = "https://assay.example.org";
  return {
    mailer: openMailer({
      ASSAY_SMTP_URL: given.smtp,
      ASSAY_MAIL_FROM: undefined,
      ASSAY_PUBLIC_URL: publicUrl,
      PORT: 0,
    }),
    slackUrl: given.slack ?? null,
    publicUrl,
    egressAllow: given.allow ?? "127.0.0.0/8",
  };
}

const noticesOf = (ctx: Ctx) => ctx.db.notice.findMany({ where: { projectId: ctx.projectId } });
const mailed = async (ctx: Ctx) => (await noticesOf(ctx)).filter(({ channel }) => channel === "mail");

const FACTS: NoticeFacts = {
  kind: "requested",
  projectId: "team-a",
  requestId: "apr_1",
  round: 2,
  subjectDigest: "ab12cd34ef56".padEnd(64, "0"),
  modelName: "digits",
  modelVersion: 4,
  target: "stage:Production",
  requestedBy: "Ada",
  reason: '<img src=x onerror="alert(1)"> & more',
  expiresAt: new Date("2026-11-27T00:00:00Z"),
  validUntil: null,
  reviewDueAt: null,
  lastReview: { reviewer: "Bob", comment: "<https://evil.example|click>" },
  difference: { estimate: 0.0021, lower: -0.0004, upper: 0.0046 },
  problem: null,
};

describe("words", () => {
  test.each(NOTICE_KINDS)("%s has a subject, a link of its round, and nothing that runs", (kind) => {
    const { subject, letter } = composeNotice({ ...FACTS, kind }, "https://assay.example.org/base");
    expect(subject).toMatch(/^\[Assay\] .{8,}/);
    expect(letter.action.url).toBe(
      "https://assay.example.org/approvals/apr_1?project=team-a&round=2&digest=ab12cd34ef56",
    );
    const { text, html } = layOut(letter);
    expect(text).toContain(FACTS.reason);
    expect(text).toContain("+0.21 points against the champion (95 %: -0.04 to +0.46)");
    expect(html).toContain("&lt;img src=x onerror=&quot;alert(1)&quot;&gt; &amp; more");
    expect(html).not.toMatch(/<img|<script|<https/);
    const slack = JSON.parse(toSlack(subject, letter)) as { text: string; blocks: unknown[] };
    const links = JSON.stringify(slack).match(/<[^>]*>/g) ?? [];
    expect(links).toEqual([`<${letter.action.url}|${letter.action.label}>`]);
  });

  test("what happened is told, and what changed nothing is not", () => {
    const kind = (event: string, from: string, to: string) =>
      noticeOf({
        id: "7",
        topic: "approval.changed",
        payload: { projectId: "p", requestId: "apr_1", round: 1, event, from, to, actor: "user:usr_1" },
      })?.kind ?? null;
    expect(kind("approve", "pending", "pending")).toBeNull();
    expect(kind("approve", "pending", "approved")).toBe("approved");
    expect(kind("break_glass", "pending", "approved")).toBe("break_glass");
    expect(kind("comment", "approved", "approved")).toBeNull();
    expect(kind("withdraw", "pending", "withdrawn")).toBeNull();
    expect(kind("execution_ok", "executing", "executed")).toBe("executed");
    expect(kindOf({ event: "evidence", from: "pending", to: "pending" })).toBe("evidence_failed");
    expect(() => noticeOf({ id: "7", topic: "approval.changed", payload: {} })).toThrow();
  });
});

pgTest("those who may decide are told; who asked, who contributed, viewers and services are not", async ({ ctx }) => {
  const [ada, bob, cleo] = [
    await seedPerson(ctx, "Ada", "reviewer"),
    await seedPerson(ctx, "Bob", "reviewer"),
    await seedPerson(ctx, "Cleo", "admin"),
  ];
  await seedPerson(ctx, "Vic", "viewer");
  await seedPerson(ctx, "Robot", "reviewer", { kind: "service" });
  const requestId = await seedNoticedRequest(ctx, { requestedBy: ada, contributors: [bob] });
  const channels = channelsOf({ smtp: "smtp://127.0.0.1:1", slack: "https://hooks.example.org/x" });
  const input = { eventKey: `outbox-${requestId}`, kind: "requested", requestId, round: 1 } as const;

  expect(await planNotices(ctx, channels, input)).toBe(2);
  expect((await noticesOf(ctx)).map(({ channel, recipient }) => `${channel} ${recipient}`).sort()).toEqual([
    `mail ${cleo}`,
    "slack webhook",
  ]);
  expect(await planNotices(ctx, channels, input)).toBe(0);
  const planned = await ctx.db.outbox.count({
    where: { topic: "notice.planned", payload: { path: ["projectId"], equals: ctx.projectId } },
  });
  expect(planned).toBe(2);

  // Decisions go to who asked, but not to who decided.
  const decided = { kind: "approved", requestId, round: 1 } as const;
  expect(await planNotices(ctx, channels, { ...decided, eventKey: `a-${requestId}`, actor: `user:${cleo}` })).toBe(2);
  expect(await planNotices(ctx, channels, { ...decided, eventKey: `b-${requestId}`, actor: `user:${ada}` })).toBe(1);
  expect((await mailed(ctx)).map(({ recipient, kind }) => [recipient, kind])).toContainEqual([ada, "approved"]);
  expect(await planNotices(ctx, channels, { ...input, eventKey: `c-${requestId}`, round: 2 })).toBe(0);
  expect(await planNotices(ctx, channelsOf({}), { ...input, eventKey: `d-${requestId}` })).toBe(0);
});

pgTest("a notice arrives whole and once, with a link of its round", async ({ ctx, db }) => {
  const smtp = keep(await startMailServer(() => null));
  const slack = keep(await startWebhook(() => 200));
  const channels = channelsOf({ smtp: smtp.url, slack: slack.url });
  const ada = await seedPerson(ctx, "Ada", "member");
  const bob = await seedPerson(ctx, "Bob", "reviewer");
  const reason = "better on sevens\r\nBcc: everybody@example.org";
  const requestId = await seedNoticedRequest(ctx, { requestedBy: ada, reason });
  await planNotices(ctx, channels, { eventKey: `e-${requestId}`, kind: "requested", requestId, round: 1 });
  for (const { id } of await noticesOf(ctx)) {
    expect(await sendNotice(ctx, channels, { noticeId: id })).toBe("sent");
    expect(await sendNotice(ctx, channels, { noticeId: id })).toBe("over");
  }
  expect(smtp.taken).toHaveLength(1);
  const [mail] = smtp.taken;
  const { email } = await db.user.findUniqueOrThrow({ where: { id: bob } });
  expect(mail?.to).toEqual([email]);
  const link = `https://assay.example.org/approvals/${requestId}?project=${ctx.projectId}&round=1&digest=ab12cd34ef56`;
  expect(mail?.source).toContain(link);
  expect(mail?.source).toContain(link.replaceAll("&", "&amp;"));
  expect(mail?.source).toMatch(/^Subject: \[Assay\] digits version 4 waits for your review\r$/m);
  expect(mail?.source).toMatch(/^Auto-Submitted: auto-generated\r$/m);
  expect(mail?.source.split("\r\n\r\n")[0]).not.toContain("Bcc");
  expect(slack.taken).toHaveLength(1);
  expect(slack.taken[0]).toContain(link);
  const sent = await noticesOf(ctx);
  expect(sent.every(({ state, attempts, sentAt }) => state === "sent" && attempts === 1 && sentAt !== null)).toBe(true);
});

pgTest(
  "what passes is thrown to be tried again, what does not is given up with its reason",
  async ({ ctx, db, make }) => {
    const smtp = keep(await startMailServer((attempt) => (attempt === 0 ? 451 : 550)));
    const slack = keep(await startWebhook((attempt) => (attempt === 0 ? 503 : 404)));
    const channels = channelsOf({ smtp: smtp.url, slack: slack.url });
    const ada = await seedPerson(ctx, "Ada", "member");
    await seedPerson(ctx, "Bob", "reviewer");
    const requestId = await seedNoticedRequest(ctx, { requestedBy: ada });
    await planNotices(ctx, channels, { eventKey: `f-${requestId}`, kind: "requested", requestId, round: 1 });
    for (const { id } of await noticesOf(ctx)) {
      await expect(sendNotice(ctx, channels, { noticeId: id })).rejects.toMatchObject({ kind: "unavailable" });
      expect(await sendNotice(ctx, channels, { noticeId: id })).toBe("failed");
    }
    const failed = await noticesOf(ctx);
    expect(failed.map(({ state, attempts }) => [state, attempts])).toEqual([
      ["failed", 2],
      ["failed", 2],
    ]);
    expect(failed.map(({ lastError }) => lastError).sort()).toEqual([
      expect.stringContaining("Slack answers 404: no_service"),
      expect.stringContaining("The mail server refuses the message"),
    ]);

    // An admin reads what was given up, page by page, and those of another project only in theirs.
    const first = await listNotices(ctx, { state: "failed", limit: 1 });
    const rest = await listNotices(ctx, { state: "failed", limit: 1, cursor: first.nextCursor });
    const listed = [...first.items, ...rest.items];
    expect(rest.nextCursor).toBeUndefined();
    expect(listed.find(({ channel }) => channel === "mail")).toMatchObject({
      ...{ recipient: { name: "Bob" }, kind: "requested", requestId, modelName: "digits", attempts: 2 },
      lastError: expect.stringContaining("The mail server refuses the message"),
    });
    expect(listed.find(({ channel }) => channel === "slack")?.recipient).toBeNull();
    expect(await listNotices(ctx, { state: "waiting" })).toEqual({ items: [] });
    expect(await listNotices(await make.ctx({ projectId: "default" }), {})).toEqual({ items: [] });
    const confined: Actor = { type: "apiKey", id: "key_x", name: "x", scopes: ["admin"], models: ["letters"] };
    expect(await listNotices({ ...ctx, actor: confined }, {})).toEqual({ items: [] });

    // The last try ends it, and addresses inside this network are not called.
    const dead = channelsOf({ smtp: "smtp://127.0.0.1:1", slack: slack.url, allow: "" });
    await planNotices(ctx, dead, { eventKey: `g-${requestId}`, kind: "requested", requestId, round: 1 });
    const waiting = (await noticesOf(ctx)).filter(({ state }) => state === "waiting");
    const [mail, hook] = ["mail", "slack"].map((channel) => waiting.find((notice) => notice.channel === channel));
    expect(await sendNotice(ctx, dead, { noticeId: hook?.id ?? "" })).toBe("failed");
    await db.notice.update({ where: { id: mail?.id ?? "" }, data: { attempts: 11 } });
    expect(await sendNotice(ctx, dead, { noticeId: mail?.id ?? "" })).toBe("failed");
  },
);

pgTest("nobody is asked for what is decided already, and nobody who left is written to", async ({ ctx, db }) => {
  const smtp = keep(await startMailServer(() => null));
  const channels = channelsOf({ smtp: smtp.url });
  const ada = await seedPerson(ctx, "Ada", "member");
  const bob = await seedPerson(ctx, "Bob", "reviewer");
  const requestId = await seedNoticedRequest(ctx, { requestedBy: ada });
  await planNotices(ctx, channels, { eventKey: `h-${requestId}`, kind: "requested", requestId, round: 1 });
  await db.approvalRequest.update({ where: { id: requestId }, data: { state: "denied" } });
  const [asked] = await noticesOf(ctx);
  expect(await sendNotice(ctx, channels, { noticeId: asked?.id ?? "" })).toBe("dropped");

  await planNotices(ctx, channels, { eventKey: `i-${requestId}`, kind: "denied", requestId, round: 1, actor: bob });
  await db.user.update({ where: { id: ada }, data: { disabledAt: NOW } });
  const told = (await noticesOf(ctx)).find(({ kind }) => kind === "denied");
  expect(await sendNotice(ctx, channels, { noticeId: told?.id ?? "" })).toBe("dropped");
  expect(smtp.tries()).toBe(0);
});

pgTest("requests that end soon are told of once a round", async ({ ctx }) => {
  const channels = channelsOf({ smtp: "smtp://127.0.0.1:1" });
  const ada = await seedPerson(ctx, "Ada", "member");
  const bob = await seedPerson(ctx, "Bob", "reviewer");
  const expiresAt = new Date("2026-11-27T00:00:00Z");
  const requestId = await seedNoticedRequest(ctx, { requestedBy: ada, expiresAt });
  await seedNoticedRequest(ctx, { requestedBy: ada, expiresAt, state: "withdrawn" });
  // Of all projects: other tests' requests are told of as well.
  const toldAt = async (iso: string) => {
    await planExpiring({ ...ctx, clock: { now: () => new Date(iso) } }, channels);
    return (await noticesOf(ctx)).length;
  };
  expect(await toldAt("2026-11-25T23:00:00Z")).toBe(0);
  expect(await toldAt("2026-11-26T01:00:00Z")).toBe(2);
  expect(await toldAt("2026-11-26T02:00:00Z")).toBe(2);
  const told = await noticesOf(ctx);
  expect(told.map(({ recipient, requestId: id }) => [recipient, id]).sort()).toEqual(
    [ada, bob].sort().map((person) => [person, requestId]),
  );
  const late = await seedPerson(ctx, "Cleo", "reviewer");
  expect(await toldAt("2026-11-27T01:00:00Z")).toBe(2);
  expect((await noticesOf(ctx)).some(({ recipient }) => recipient === late)).toBe(false);
});

pgTest("a read-only actor plans and sends nothing", async ({ make }) => {
  const ctx = await make.apiKeyCtx({ scopes: ["approvals:read"] });
  const channels = channelsOf({});
  const plan = planNotices(ctx, channels, { eventKey: "x", kind: "requested", requestId: "apr_1", round: 1 });
  await expect(plan).rejects.toMatchObject({ kind: "forbidden" });
  await expect(sendNotice(ctx, channels, { noticeId: "ntc_1" })).rejects.toMatchObject({ kind: "forbidden" });
  await expect(listNotices(ctx, {})).rejects.toThrow("scope admin");
});
