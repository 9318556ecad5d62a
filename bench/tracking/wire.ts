import { Agent, request } from "node:http";

/** A server that speaks MLflow's wire. */
export interface Target {
  name: string;
  url: string;
  token?: string;
}

/** Both sides alike: connections stay open, as many as there are callers. */
const agent = new Agent({ keepAlive: true, maxSockets: 128 });

interface Call {
  method: string;
  path: string;
  body?: string | AsyncIterable<Buffer>;
  /** Of a body that is a stream. */
  size?: number;
  /** Takes what comes instead of its being kept. */
  onData?: (chunk: Buffer) => void;
}

/** @throws Error with the server's words when the reply is not 2xx */
export function send(target: Target, { method, path, body, size, onData }: Call): Promise<string> {
  return new Promise((resolve, reject) => {
    const isText = typeof body === "string";
    const headers: Record<string, string | number> = {
      ...(target.token === undefined ? {} : { Authorization: `Bearer ${target.token}` }),
      ...(isText ? { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(body) } : {}),
      ...(size === undefined ? {} : { "Content-Type": "application/octet-stream", "Content-Length": size }),
    };
    const sent = request(target.url + path, { method, agent, headers }, (reply) => {
      const isGood = reply.statusCode !== undefined && reply.statusCode < 300;
      let text = "";
      reply.on("data", (chunk: Buffer) => {
        if (isGood && onData) onData(chunk);
        else text += chunk.toString("latin1");
      });
      reply.on("error", reject).on("end", () => {
        if (isGood) resolve(text);
        else reject(new Error(`${target.name} ${method} ${path}: ${reply.statusCode} ${text.slice(0, 300)}`));
      });
    });
    sent.on("error", reject);
    if (body === undefined || isText) sent.end(body);
    else pour(body, sent).catch(reject);
  });
}

async function pour(source: AsyncIterable<Buffer>, into: ReturnType<typeof request>): Promise<void> {
  for await (const chunk of source) {
    if (!into.write(chunk)) await new Promise((resolve) => into.once("drain", resolve));
  }
  into.end();
}

/** A call of the protocol that has its arguments in the body. */
export function post(target: Target, verb: string, body: object): Promise<string> {
  return send(target, { method: "POST", path: `/api/2.0/mlflow/${verb}`, body: JSON.stringify(body) });
}

export function get(target: Target, path: string, query: Record<string, string | number>): Promise<string> {
  const search = new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)]));
  return send(target, { method: "GET", path: `${path}?${search}` });
}

export async function createExperiment(target: Target, name: string): Promise<string> {
  const made: { experiment_id: string } = JSON.parse(await post(target, "experiments/create", { name }));
  return made.experiment_id;
}

export async function createRun(target: Target, experimentId: string): Promise<string> {
  const body = { experiment_id: experimentId, start_time: Date.now() };
  const made: { run: { info: { run_id: string } } } = JSON.parse(await post(target, "runs/create", body));
  return made.run.info.run_id;
}
