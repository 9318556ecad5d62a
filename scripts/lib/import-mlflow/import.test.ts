import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { copyFiles } from "./artifacts.mjs";
import { checkUrl, Endpoint } from "./endpoint.mjs";
import { Report } from "./report.mjs";

// An old server that means harm, or is broken: what it says is checked, not believed.

type Answer = (request: IncomingMessage, reply: ServerResponse, path: string) => void;

async function endpoint(answer: Answer): Promise<Endpoint> {
  const server = createServer((request, reply) => answer(request, reply, request.url ?? ""));
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return new Endpoint({ name: "it", url: `http://127.0.0.1:${port}`, headers: { Authorization: "Bearer secret" } });
}

const json = (reply: ServerResponse, value: unknown, status = 200) =>
  reply.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(value));

test("a redirect is not followed, so the key goes to nobody else", async () => {
  let asked = 0;
  const other = await endpoint((_, reply) => {
    asked += 1;
    json(reply, {});
  });
  const server = await endpoint((_, reply) => reply.writeHead(307, { Location: `${other.url}/x` }).end());
  await expect(server.get("/x")).rejects.toThrow("redirects are not followed");
  await expect(server.download("/x", {})).rejects.toThrow("redirects are not followed");
  expect(asked).toBe(0);
});

test("pages that go round, and replies that are no objects, end with a reason", async () => {
  const round = await endpoint((_, reply) => json(reply, { runs: [{}], next_page_token: "again" }));
  const read = async () => {
    for await (const _ of round.pages("GET", "/runs", {}, "runs"));
  };
  await expect(read()).rejects.toThrow("circle");
  const list = await endpoint((_, reply) => json(reply, []));
  await expect(list.get("/x")).rejects.toThrow("no JSON object");
  const noList = await endpoint((_, reply) => json(reply, { runs: "many" }));
  await expect(noList.pages("GET", "/x", {}, "runs").next()).rejects.toThrow("no list of runs");
});

test("a read is tried again when the server is busy or failing, a write that may have come through is not", async () => {
  const seen: string[] = [];
  const server = await endpoint((request, reply) => {
    seen.push(request.method ?? "");
    json(reply, seen.length < 3 ? { message: "not now" } : { fine: true }, seen.length < 3 ? 500 : 200);
  });
  expect(await server.get("/x")).toEqual({ fine: true });
  seen.length = 0;
  await expect(server.post("/x", {})).rejects.toThrow("not now");
  expect(seen).toEqual(["POST"]);
});

test("files: names that are tricks and sizes that are lies stay behind, the others are carried whole", async () => {
  const listed = [
    ...["../up", "/etc/passwd", "a/../b", "..", "deep/er", "a\\b", ""].map((path) => ({ path, file_size: 1 })),
    { path: "negative", file_size: -1 },
    { path: "fine name ü.txt", file_size: 5 },
    { path: "longer", file_size: 5 },
    { path: "shorter", file_size: 5 },
  ];
  const old = await endpoint((_, reply, path) => {
    if (path.includes("artifacts/list")) return json(reply, { files: listed });
    return reply.end(path.includes("longer") ? "hello there" : path.includes("shorter") ? "he" : "hello");
  });
  const put = new Map<string, string>();
  const target = await endpoint((request, reply, path) => {
    if (request.method !== "PUT") return json(reply, {});
    let body = "";
    return request
      .on("data", (part) => (body += part))
      .on("end", () => {
        put.set(path, body);
        json(reply, {});
      });
  });
  const report = new Report();
  const to = { server: target, kind: "run", id: "new", uri: "mlflow-artifacts:/7/new/artifacts" } as const;
  await copyFiles({ from: { server: old, kind: "run", id: "old" }, to, report, what: "run old" });
  const place = "/api/2.0/mlflow-artifacts/artifacts/7/new/artifacts/";
  expect([...put]).toEqual([[`${place}${encodeURIComponent("fine name ü.txt")}`, "hello"]]);
  expect(report.notCarried).toHaveLength(10);
  expect(report.notCarried.filter(({ why }) => why.includes("listed with 5 bytes")).map(({ what }) => what)).toEqual([
    "run old · file longer",
    "run old · file shorter",
  ]);
  expect(report.isWhole("run old")).toBe(false);
});

test("an address is one, and holds no password", () => {
  expect(checkUrl("http://old.example.org:5000/", "--uri")).toBe("http://old.example.org:5000");
  expect(() => checkUrl("http://ada:secret@old", "--uri")).toThrow("holds a password");
  for (const bad of ["old.example.org", "file:///etc", "http://a/?b", ""]) {
    expect(() => checkUrl(bad, "--uri")).toThrow("is not an address");
  }
});
