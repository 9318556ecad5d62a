import type { Binding, OpAttr } from "#lib/engine/backends/native/binding.ts";

/** A tensor by its number in the binding. */
export type TensorId = number;
type Value = number | boolean | string | readonly number[];

/**
 * TensorFlow ops by name, with an account of the tensors they make: everything made since `begin` goes at `end`, except
 * what was kept.
 */
export class Eager {
  readonly binding: Binding;
  #made: TensorId[] = [];

  constructor(binding: Binding) {
    this.binding = binding;
  }

  /** Copies nothing: the array must not change while the tensor lives. */
  floats(values: Float32Array, shape: readonly number[]): TensorId {
    return this.#note(this.binding.createTensor(shape, this.binding.TF_FLOAT, values));
  }

  /** A vector; a scalar when `shape` is []. */
  ints(values: readonly number[], shape: readonly number[] = [values.length]): TensorId {
    return this.#note(this.binding.createTensor(shape, this.binding.TF_INT32, Int32Array.from(values)));
  }

  /** A scalar. */
  float(value: number): TensorId {
    return this.floats(Float32Array.of(value), []);
  }

  /** One op with one output. */
  run(name: string, inputs: readonly TensorId[], attrs: readonly OpAttr[] = []): TensorId {
    const [only] = this.runAll(name, inputs, attrs, 1);
    if (only === undefined) throw new Error(`${name} gave no output`);
    return only;
  }

  runAll(name: string, inputs: readonly TensorId[], attrs: readonly OpAttr[], outputs: number): TensorId[] {
    return this.binding.executeOp(name, attrs, inputs, outputs).map(({ id }) => this.#note(id));
  }

  /** One op that only has an effect. */
  effect(name: string, inputs: readonly TensorId[], attrs: readonly OpAttr[] = []): void {
    this.binding.executeOp(name, attrs, inputs, 0);
  }

  read(tensor: TensorId): Float32Array {
    const values = this.binding.tensorDataSync(tensor);
    if (!(values instanceof Float32Array)) throw new Error("expected a tensor of floats");
    return values;
  }

  begin(): void {
    if (this.#made.length > 0) throw new Error("the last step's tensors were not released");
  }

  /** Releases what was made since `begin`. */
  end(kept: readonly TensorId[] = []): void {
    for (const id of this.#made) {
      if (!kept.includes(id)) this.binding.deleteTensor(id);
    }
    this.#made = [];
  }

  release(tensor: TensorId): void {
    this.binding.deleteTensor(tensor);
  }

  #note(id: TensorId): TensorId {
    this.#made.push(id);
    return id;
  }

  type(name: string, value: number): OpAttr {
    return { name, type: this.binding.TF_ATTR_TYPE, value };
  }
  /** Attribute `T`: float. */
  get ofFloats(): OpAttr {
    return this.type("T", this.binding.TF_FLOAT);
  }
  int(name: string, value: number | readonly number[]): OpAttr {
    return { name, type: this.binding.TF_ATTR_INT, value };
  }
  real(name: string, value: number): OpAttr {
    return { name, type: this.binding.TF_ATTR_FLOAT, value };
  }
  bool(name: string, value: boolean): OpAttr {
    return { name, type: this.binding.TF_ATTR_BOOL, value };
  }
  string(name: string, value: string): OpAttr {
    return { name, type: this.binding.TF_ATTR_STRING, value };
  }
  shape(name: string, value: Value): OpAttr {
    return { name, type: this.binding.TF_ATTR_SHAPE, value };
  }
}
