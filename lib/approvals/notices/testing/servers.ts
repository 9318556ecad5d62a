import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { SMTPServer } from "smtp-server";

export interface TestServer<T> {
  url: string;
  /** What was taken, oldest first. */
  taken: T[];
  /** How often somebody tried, refused or not. */
  tries(): number;
  close(): Promise<void>;
}

export interface TestMail {
  to: string[];
  /** The message as sent, quoted-printable resolved. */
  source: string;
}

/** For tests: a mail server on loopback that answers each message by what `judge` says: null takes it, else an SMTP code. */
export async function startMailServer(
  judge: (attempt: number, to: string) => number | null,
): Promise<TestServer<TestMail>> {
  const taken: TestMail[] = [];
  let tries = 0;
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS"],
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        const to = session.envelope.rcptTo.map(({ address }) => address);
        const code = judge(tries++, to[0] ?? "");
        if (code !== null) return done(Object.assign(new Error("no"), { responseCode: code }));
        taken.push({ to, source: decode(Buffer.concat(chunks).toString("utf8")) });
        done();
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.server.address() as AddressInfo;
  return {
    url: `smtp://127.0.0.1:${port}`,
    taken,
    tries: () => tries,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

function decode(source: string): string {
  const bytes = source
    .replace(/=\r\n/g, "")
    .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, "latin1").toString("utf8");
}

/** For tests: what an incoming webhook is, on loopback; `judge` gives the status of each try. */
export async function startWebhook(judge: (attempt: number) => number): Promise<TestServer<string>> {
  const taken: string[] = [];
  let tries = 0;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const status = judge(tries++);
      if (status === 200) taken.push(Buffer.concat(chunks).toString("utf8"));
      response.writeHead(status).end(status === 200 ? "ok" : "no_service");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/services/T/B/x`,
    taken,
    tries: () => tries,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
