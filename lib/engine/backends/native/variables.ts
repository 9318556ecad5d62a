import { ADAM } from "#lib/engine/backends/backend.ts";
import type { Eager, TensorId } from "#lib/engine/backends/native/eager.ts";

let created = 0;

/** A weight with its two moments, kept by TensorFlow as resource variables and updated by its fused Adam. */
export class AdamVariable {
  readonly #eager: Eager;
  readonly #handles: { value: TensorId; first: TensorId; second: TensorId };

  constructor(
    eager: Eager,
    shape: readonly number[],
    start: { value: Float32Array; first: Float32Array; second: Float32Array },
  ) {
    this.#eager = eager;
    this.#handles = {
      value: createVariable(eager, shape, start.value),
      first: createVariable(eager, shape, start.first),
      second: createVariable(eager, shape, start.second),
    };
  }

  /** The current weights, released with the step's tensors. An update while they live would have to copy them. */
  read(): TensorId {
    return readVariable(this.#eager, this.#handles.value);
  }

  /** @param rate with Adam's bias corrections in it */
  update(gradient: TensorId, rate: number): void {
    const eager = this.#eager;
    const { value, first, second } = this.#handles;
    // Powers of 0 switch TensorFlow's own bias correction off: ours is made in double precision.
    const numbers = [0, 0, rate, ADAM.beta1, ADAM.beta2, ADAM.epsilon].map((number) => eager.float(number));
    const attrs = [eager.ofFloats, eager.bool("use_locking", false), eager.bool("use_nesterov", false)];
    eager.effect("ResourceApplyAdam", [value, first, second, ...numbers, gradient], attrs);
  }

  /** Copies of all three. */
  snapshot(): { value: Float32Array; first: Float32Array; second: Float32Array } {
    const copy = (handle: TensorId): Float32Array => this.#eager.read(readVariable(this.#eager, handle));
    const { value, first, second } = this.#handles;
    return { value: copy(value), first: copy(first), second: copy(second) };
  }

  dispose(): void {
    for (const handle of Object.values(this.#handles)) {
      this.#eager.effect("DestroyResourceOp", [handle], [this.#eager.bool("ignore_lookup_error", true)]);
      this.#eager.release(handle);
    }
  }
}

function createVariable(eager: Eager, shape: readonly number[], values: Float32Array): TensorId {
  const dtype = eager.type("dtype", eager.binding.TF_FLOAT);
  const name = eager.string("shared_name", `assay-${++created}`);
  const attrs = [eager.string("container", ""), name, dtype, eager.shape("shape", shape)];
  const handle = eager.run("VarHandleOp", [], attrs);
  // The variable may take the tensor's memory over, and that is the caller's array: give it a copy.
  const copy = eager.run("DeepCopy", [eager.floats(values, shape)], [eager.ofFloats]);
  eager.effect("AssignVariableOp", [handle, copy], [dtype, eager.bool("validate_shape", false)]);
  eager.end([handle]);
  return handle;
}

function readVariable(eager: Eager, handle: TensorId): TensorId {
  return eager.run("ReadVariableOp", [handle], [eager.type("dtype", eager.binding.TF_FLOAT)]);
}
