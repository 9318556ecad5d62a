import { expect, onTestFinished, test, vi } from "vitest";
import { type HostedModelOptions, openHostedModel } from "#lib/engine/onnx/hosted-model.ts";
import { packStrings, type RawTensor, type TensorType, unpackStrings } from "#lib/engine/onnx/tensors.ts";
import { digestOf, identitiesOnnx, identityOnnx, sumOnnx } from "#lib/engine/onnx/testing/odd-models.ts";

/** Each starts a process or two, which takes seconds on a busy machine. */
vi.setConfig({ testTimeout: 120_000 });

async function open(bytes: Uint8Array, more: Partial<HostedModelOptions> = {}) {
  const model = await openHostedModel({ digest: digestOf(bytes), read: async () => bytes, ...more });
  onTestFinished(() => model.close());
  return model;
}

const floats = (...values: number[]) => new Uint8Array(Float32Array.from(values).buffer);
const row = (...values: number[]): RawTensor => ({
  ...{ name: "x", type: "float32", dims: [1, values.length] },
  bytes: floats(...values),
});

const VALUES: Record<TensorType, Uint8Array> = {
  bool: Uint8Array.of(0, 1, 1),
  uint8: Uint8Array.of(0, 7, 255),
  uint16: new Uint8Array(Uint16Array.of(0, 7, 65_535).buffer),
  uint32: new Uint8Array(Uint32Array.of(0, 7, 4_294_967_295).buffer),
  uint64: new Uint8Array(BigUint64Array.of(0n, 7n, 2n ** 64n - 1n).buffer),
  int8: new Uint8Array(Int8Array.of(-128, 0, 127).buffer),
  int16: new Uint8Array(Int16Array.of(-32_768, 0, 32_767).buffer),
  int32: new Uint8Array(Int32Array.of(-(2 ** 31), 0, 2 ** 31 - 1).buffer),
  int64: new Uint8Array(BigInt64Array.of(-(2n ** 63n), 0n, 2n ** 63n - 1n).buffer),
  float16: new Uint8Array(Uint16Array.of(0x3c00, 0xc000, 0x7bff).buffer),
  float32: floats(1.5, -2.25, 3e38),
  float64: new Uint8Array(Float64Array.of(0.1, -2.25, 1e300).buffer),
  string: packStrings(["", "one", "zwei Wörter 数"]),
};

test("takes and gives every type of number, booleans and text, as they are", async () => {
  const types = Object.keys(VALUES) as TensorType[];
  const model = await open(identitiesOnnx(types, ["N", 3]));
  expect(model.inputs).toEqual(types.map((type) => ({ name: type, type, dims: [-1, 3] })));
  const given = types.map((type) => ({ name: type, type, dims: [1, 3], bytes: VALUES[type] }));
  const got = await model.run(given);
  expect(got.map(({ name, type, dims, bytes }) => ({ name, type, dims, bytes: [...bytes] }))).toEqual(
    given.map(({ name, bytes, ...rest }) => ({ ...rest, name: `got ${name}`, bytes: [...bytes] })),
  );
});

test("several inputs of odd names, and only the outputs that are asked for", async () => {
  const model = await open(sumOnnx());
  const left: RawTensor = { name: "left side", type: "float32", dims: [1, 3], bytes: floats(1, 2, 3) };
  const right = new Uint8Array(BigInt64Array.of(10n, 20n, 30n).buffer);
  const feeds: RawTensor[] = [left, { name: "right/side", type: "int64", dims: [1, 3], bytes: right }];
  const all = await model.run(feeds);
  expect(all.map(({ name }) => name)).toEqual(["sum", "left, again"]);
  expect(Buffer.from(all[0]?.bytes ?? [])).toEqual(Buffer.from(floats(11, 22, 33)));
  expect((await model.run(feeds, ["left, again"])).map(({ name }) => name)).toEqual(["left, again"]);
});

test("what the model does not take is refused in its own words, and it goes on", async () => {
  const model = await open(identityOnnx("float32", ["N", 3]));
  const refused = { code: "refused" };
  await expect(model.run([row(1, 2)])).rejects.toMatchObject({ ...refused, message: expect.stringContaining("x") });
  await expect(model.run([])).rejects.toMatchObject(refused);
  await expect(model.run([{ ...row(1, 2, 3), dims: [2, 3] }])).rejects.toMatchObject(refused);
  await expect(model.run([row(1, 2, 3)], ["z"])).rejects.toMatchObject(refused);
  expect(await model.run([row(1, 2, 3)])).toHaveLength(1);
});

test("a file that is no model, is too large, or is not what its digest says is refused", async () => {
  const bytes = identityOnnx("float32", ["N", 3]);
  await expect(open(Uint8Array.of(1, 2, 3, 4))).rejects.toMatchObject({ code: "refused" });
  await expect(open(bytes, { maxBytes: 10 })).rejects.toMatchObject({ message: expect.stringContaining("10") });
  const changed = Uint8Array.from(bytes);
  changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
  await expect(open(bytes, { read: async () => changed })).rejects.toMatchObject({
    code: "refused",
    message: expect.stringContaining("digest"),
  });
});

test("a process that is killed fails what it had under way, and the next call has another one", async () => {
  const model = await open(identityOnnx("float32", ["N", 3]));
  let [done, died, wrong, stop] = [0, 0, 0, false];
  const caller = async (number: number) => {
    while (!stop) {
      const bytes = floats(number, done, died);
      await model.run([{ ...row(0, 0, 0), bytes }]).then(
        ([y]) => {
          done += 1;
          if (!Buffer.from(bytes).equals(y?.bytes ?? Buffer.of())) wrong += 1;
        },
        (error: { code?: string }) => {
          if (error.code === "died") died += 1;
          else wrong += 1;
        },
      );
    }
  };
  const callers = Array.from({ length: 8 }, (_, number) => caller(number));
  for (let kill = 1; kill <= 3; kill++) {
    const before = done;
    await expect.poll(() => done, { timeout: 60_000 }).toBeGreaterThan(before + 50);
    const pid = model.pid ?? 0;
    process.kill(pid, "SIGKILL");
    await expect.poll(() => model.pid, { timeout: 60_000 }).not.toBe(pid);
  }
  const before = done;
  await expect.poll(() => done, { timeout: 60_000 }).toBeGreaterThan(before + 50);
  stop = true;
  await Promise.all(callers);
  expect(wrong).toBe(0);
  expect(died).toBeLessThanOrEqual(3 * callers.length);
});

test("a call that takes too long is ended with its process, and costs no other model anything", async () => {
  const model = await open(identityOnnx("float32", ["N", 3]));
  const hanging = await open(identityOnnx("float32", ["N", 3]), { runTimeoutMs: 300 });
  process.kill(hanging.pid ?? 0, "SIGSTOP");
  await expect(hanging.run([row(1, 2, 3)])).rejects.toMatchObject({ code: "timeout" });
  expect(await model.run([row(1, 2, 3)])).toHaveLength(1);
});

test("after it is closed it rejects, and its process is gone", async () => {
  const model = await open(identityOnnx("float32", ["N", 3]));
  const pid = model.pid ?? 0;
  await model.close();
  await model.close();
  expect(() => process.kill(pid, 0)).toThrow("ESRCH");
  await expect(model.run([row(1, 2, 3)])).rejects.toMatchObject({ code: "closed" });
});

test("text is told apart by its lengths, and faults of it are named", () => {
  const packed = packStrings(["a", "ü"]);
  expect(unpackStrings(packed, 2)).toEqual(["a", "ü"]);
  expect(() => unpackStrings(packed, 1)).toThrow("more than 1");
  expect(() => unpackStrings(packed, 3)).toThrow("2 elements, not 3");
  expect(() => unpackStrings(packed.subarray(0, 7), 2)).toThrow("beyond the end");
  expect(() => unpackStrings(Uint8Array.of(1, 0, 0, 0, 0xff), 1)).toThrow("element 0 is not UTF-8");
});
