import { ModelFault, ModelHost } from "#lib/engine/onnx/host/model-host.ts";
import type { RawTensor, TensorInfo } from "#lib/engine/onnx/tensors.ts";

export interface HostedModelOptions {
  /** SHA-256 of the file, hex. */
  digest: string;
  /** The file; read again for each new process. */
  read(): Promise<Uint8Array>;
  /** A larger file is not loaded. Default 512 MB. */
  maxBytes?: number;
  /** Default 60 s. */
  loadTimeoutMs?: number;
  /** Default 30 s; the process of a call that takes longer is ended. */
  runTimeoutMs?: number;
}

/** Any ONNX model, in a process of its own. */
export interface HostedModel {
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
  /** Of the process that holds it now. */
  readonly pid: number | undefined;
  /**
   * Runs the model; calls are computed one after the other. After its process has died the next call starts another one.
   *
   * @param outputs names; all when empty
   * @throws ModelFault `refused`: the model does not take these tensors; `died`, `timeout`: this call was under way then
   */
  run(tensors: readonly RawTensor[], outputs?: readonly string[]): Promise<RawTensor[]>;
  /** Ends the process; what is under way fails. */
  close(): Promise<void>;
}

const MAX_BYTES = 512 * 1024 * 1024;
const LOAD_TIMEOUT_MS = 60_000;
const RUN_TIMEOUT_MS = 30_000;

/**
 * Loads a model.
 *
 * @throws ModelFault `refused`: not an ONNX model that can be run here, too large, or not what its digest says; `died`,
 *   `timeout` while it was loaded
 */
export async function openHostedModel(options: HostedModelOptions): Promise<HostedModel> {
  const { digest, maxBytes = MAX_BYTES, loadTimeoutMs = LOAD_TIMEOUT_MS, runTimeoutMs = RUN_TIMEOUT_MS } = options;
  let isClosed = false;

  const start = async () => {
    const bytes = await options.read();
    if (bytes.byteLength > maxBytes) {
      throw new ModelFault("refused", `the model has ${bytes.byteLength} bytes, the most is ${maxBytes}`);
    }
    const host = new ModelHost();
    try {
      const signature = await host.load(bytes, digest, loadTimeoutMs);
      if (isClosed) throw new ModelFault("closed", "the model is closed");
      return { host, signature };
    } catch (error) {
      host.kill();
      throw error;
    }
  };

  let current = await start();
  let starting: Promise<ModelHost> | undefined;
  const { inputs, outputs } = current.signature;
  const living = async (): Promise<ModelHost> => {
    if (isClosed) throw new ModelFault("closed", "the model is closed");
    if (current.host.fault === undefined) return current.host;
    starting ??= start()
      .then((started) => {
        current = started;
        return started.host;
      })
      .finally(() => {
        starting = undefined;
      });
    return starting;
  };

  return {
    inputs,
    outputs,
    get pid() {
      return current.host.pid;
    },
    async run(tensors, names = []) {
      const host = await living();
      return host.run(tensors, names.length > 0 ? names : outputs.map(({ name }) => name), runTimeoutMs);
    },
    async close() {
      isClosed = true;
      current.host.kill();
      await Promise.allSettled([starting, current.host.gone]);
    },
  };
}
