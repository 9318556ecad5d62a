import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { Socket } from "node:net";
import { Worker } from "node:worker_threads";
import { InferenceSession } from "onnxruntime-node";
import { FrameReader, frame } from "#lib/engine/onnx/host/frames.ts";
import { type HostReply, HostRequest, packTensors, unpackTensors } from "#lib/engine/onnx/host/protocol.ts";
import { isTensorType, type RawTensor, type TensorInfo } from "#lib/engine/onnx/tensors.ts";
import { fromOrtTensor, toOrtTensor } from "#lib/engine/onnx/typed-tensors.ts";

/** The pipe to the process that started this one. */
const PIPE_FD = 3;

/** The model host's whole life: loads one model, runs it as it is asked to, and ends when the pipe does. */
export function serveModel(): void {
  const pipe = new Socket({ fd: PIPE_FD, readable: true, writable: true });
  let session: InferenceSession | undefined;
  let last: Promise<void> = Promise.resolve();
  dieWithParent();
  dieFirst();

  const answer = async (request: HostRequest, body: Uint8Array): Promise<void> => {
    try {
      if (request.kind === "load") {
        session = await load(body, request.digest);
        const { inputMetadata, outputMetadata } = session;
        reply({ id: request.id, kind: "loaded", inputs: inputsOf(inputMetadata), outputs: tensorsOf(outputMetadata) });
      } else {
        if (session === undefined) throw new Error("no model is loaded");
        const { heads, body: results } = packTensors(
          await run(session, unpackTensors(request.tensors, body), request.outputs),
        );
        reply({ id: request.id, kind: "ran", tensors: heads }, results);
      }
    } catch (error) {
      reply({ id: request.id, kind: "failed", message: error instanceof Error ? error.message : String(error) });
    }
  };
  const reply = (header: HostReply, body: readonly Uint8Array[] = []): void => {
    pipe.cork();
    for (const part of frame(header, body)) pipe.write(part);
    pipe.uncork();
  };
  const reader = new FrameReader((header, body) => {
    const request = HostRequest.parse(header);
    last = last.then(() => answer(request, body));
  });
  pipe.on("data", (chunk: Buffer) => reader.push(chunk));
  pipe.on("close", () => process.exit(0));
  pipe.on("error", () => process.exit(0));
}

async function load(model: Uint8Array, digest: string): Promise<InferenceSession> {
  if (createHash("sha256").update(model).digest("hex") !== digest) {
    throw new Error("the file's digest is not the version's: it is damaged");
  }
  return InferenceSession.create(model, {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    graphOptimizationLevel: "all",
    logSeverityLevel: 4,
  });
}

async function run(session: InferenceSession, feeds: RawTensor[], outputs: string[]): Promise<RawTensor[]> {
  const tensors = Object.fromEntries(feeds.map((tensor) => [tensor.name, toOrtTensor(tensor)]));
  const results = await session.run(tensors, outputs);
  return outputs.map((name) => {
    const result = results[name];
    if (result === undefined) throw new Error(`the model gave no ${name}`);
    return fromOrtTensor(name, result);
  });
}

type Metadata = InferenceSession["inputMetadata"];

/** @throws Error an input that no client could send */
function inputsOf(metadata: Metadata): TensorInfoOut[] {
  const tensors = tensorsOf(metadata);
  const odd = metadata.find(({ name }) => !tensors.some((tensor) => tensor.name === name));
  if (odd !== undefined) {
    throw new Error(`the input ${odd.name} is ${odd.isTensor ? odd.type : "not a tensor"}, which is not supported`);
  }
  return tensors;
}

type TensorInfoOut = TensorInfo & { dims: number[] };

/** Those that are tensors of a type that clients can read: sequences and maps are left out. */
function tensorsOf(metadata: Metadata): TensorInfoOut[] {
  return metadata.flatMap((value) => {
    if (!value.isTensor || !isTensorType(value.type)) return [];
    const dims = value.shape.map((side) => (typeof side === "number" ? side : -1));
    return [{ name: value.name, type: value.type, dims }];
  });
}

/** A model that never ends keeps the main thread from seeing that the pipe is closed. */
function dieWithParent(): void {
  const watch = `const parent = process.ppid;
    setInterval(() => { if (process.ppid !== parent) process.kill(process.pid, "SIGKILL"); }, 1000);`;
  new Worker(watch, { eval: true, resourceLimits: { maxOldGenerationSizeMb: 8, maxYoungGenerationSizeMb: 2 } }).unref();
}

/** Where memory runs out, the kernel takes this process and not the one that started it (Linux). */
function dieFirst(): void {
  try {
    writeFileSync("/proc/self/oom_score_adj", "1000");
  } catch {
    // Elsewhere there is no such file.
  }
}
