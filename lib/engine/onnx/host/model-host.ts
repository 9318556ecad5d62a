import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { Duplex } from "node:stream";
import { fileURLToPath } from "node:url";
import { childEnvironment } from "#lib/engine/child/child-environment.ts";
import { FrameReader, frame } from "#lib/engine/onnx/host/frames.ts";
import { HostReply, type HostRequest, packTensors, unpackTensors } from "#lib/engine/onnx/host/protocol.ts";
import type { RawTensor, TensorInfo } from "#lib/engine/onnx/tensors.ts";

/** Why a host did not answer; `refused` is the model's own word, and another try would get the same. */
export type ModelFaultCode = "refused" | "died" | "timeout" | "closed";

/** What calls of a hosted model reject with. Recognised by `code`. */
export class ModelFault extends Error {
  readonly code: ModelFaultCode;

  constructor(code: ModelFaultCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "ModelFault";
    this.code = code;
  }
}

interface Waiting {
  resolve(reply: { header: HostReply; body: Uint8Array }): void;
  reject(fault: ModelFault): void;
  timer: NodeJS.Timeout;
}

type Unnumbered<T> = T extends unknown ? Omit<T, "id"> : never;

const STDERR_TAIL = 2_000;

/** A process that holds one model. It may die, by the model or from outside, without taking this one along. */
export class ModelHost {
  /** Resolves when the process is gone. */
  readonly gone: Promise<void>;
  readonly #child: ChildProcess;
  readonly #pipe: Duplex;
  readonly #waiting = new Map<number, Waiting>();
  #number = 0;
  #stderr = "";
  #fault: ModelFault | undefined;

  constructor() {
    const entry = hostEntry();
    this.#child = spawn(
      process.execPath,
      [...(entry.endsWith(".ts") ? ["--import", "tsx"] : []), "--max-semi-space-size=2", entry],
      { env: childEnvironment(process.env, "wasm"), stdio: ["ignore", "ignore", "pipe", "pipe"] },
    );
    const pipe = this.#child.stdio[3];
    if (!(pipe instanceof Duplex)) throw new Error("the model host has no pipe");
    this.#pipe = pipe;
    const reader = new FrameReader((header, body) => this.#receive(header, body));
    pipe.on("data", (chunk: Buffer) => reader.push(chunk));
    // The process's end tells it.
    pipe.on("error", () => undefined);
    this.#child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-STDERR_TAIL);
    });
    this.gone = new Promise((resolve) => {
      const end = (fault: ModelFault) => {
        this.#fail(fault);
        resolve();
      };
      this.#child.on("error", (cause) =>
        end(new ModelFault("died", "the model's process could not be started", cause)),
      );
      // "close" comes after stderr has been read to its end.
      this.#child.on("close", (code, signal) => end(this.#death(code, signal)));
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Why it takes no calls any more; undefined while it does. */
  get fault(): ModelFault | undefined {
    return this.#fault;
  }

  /**
   * @param digest SHA-256 of the bytes, hex
   * @throws ModelFault
   */
  async load(
    bytes: Uint8Array,
    digest: string,
    timeoutMs: number,
  ): Promise<{ inputs: TensorInfo[]; outputs: TensorInfo[] }> {
    const { header } = await this.#ask({ kind: "load", digest }, [bytes], timeoutMs);
    if (header.kind !== "loaded") throw new ModelFault("refused", `an unexpected answer: ${header.kind}`);
    return { inputs: header.inputs, outputs: header.outputs };
  }

  /** @throws ModelFault */
  async run(tensors: readonly RawTensor[], outputs: readonly string[], timeoutMs: number): Promise<RawTensor[]> {
    const { heads, body } = packTensors(tensors);
    const reply = await this.#ask({ kind: "run", tensors: heads, outputs: [...outputs] }, body, timeoutMs);
    if (reply.header.kind !== "ran") throw new ModelFault("refused", `an unexpected answer: ${reply.header.kind}`);
    return unpackTensors(reply.header.tensors, reply.body);
  }

  /** Ends the process; what waits fails. */
  kill(fault = new ModelFault("closed", "the model is closed")): void {
    this.#fail(fault);
    this.#child.kill("SIGKILL");
  }

  #ask(
    request: Unnumbered<HostRequest>,
    body: readonly Uint8Array[],
    timeoutMs: number,
  ): Promise<{ header: HostReply; body: Uint8Array }> {
    if (this.#fault !== undefined) return Promise.reject(this.#fault);
    this.#number += 1;
    const id = this.#number;
    return new Promise((resolve, reject) => {
      const doing = request.kind === "load" ? "loading" : "computing";
      const slow = () =>
        this.kill(new ModelFault("timeout", `the model was still ${doing} after ${timeoutMs / 1_000} s`));
      this.#waiting.set(id, { resolve, reject, timer: setTimeout(slow, timeoutMs) });
      this.#pipe.cork();
      for (const part of frame({ ...request, id }, body)) this.#pipe.write(part);
      this.#pipe.uncork();
    });
  }

  #receive(raw: unknown, body: Uint8Array): void {
    const header = HostReply.parse(raw);
    const waiting = this.#waiting.get(header.id);
    if (waiting === undefined) return;
    this.#waiting.delete(header.id);
    clearTimeout(waiting.timer);
    if (header.kind === "failed") waiting.reject(new ModelFault("refused", header.message));
    else waiting.resolve({ header, body });
  }

  #fail(fault: ModelFault): void {
    this.#fault ??= fault;
    for (const { reject, timer } of this.#waiting.values()) {
      clearTimeout(timer);
      reject(this.#fault);
    }
    this.#waiting.clear();
  }

  #death(code: number | null, signal: NodeJS.Signals | null): ModelFault {
    const how = signal === null ? `ended with code ${code}` : `was ended by ${signal}`;
    return new ModelFault("died", `the model's process ${how}`, this.#stderr.trim() || undefined);
  }
}

/** The bundle in production, else the source. Also right where Next has bundled this file. */
function hostEntry(): string {
  const here = path.dirname(fileURLToPath(import.meta.url));
  const places = [
    path.join(here, "onnx-host.js"),
    path.join(here, "..", "..", "..", "..", "workers", "onnx-host.ts"),
    path.join(process.cwd(), "dist", "onnx-host.js"),
    path.join(process.cwd(), "workers", "onnx-host.ts"),
  ];
  const found = places.find((file) => existsSync(file));
  if (found === undefined) throw new Error("the model host's program is not there: npm run build makes it");
  return found;
}
