/**
 * Frames on the pipe between a process and its model host: two uint32 (bytes of the header, bytes of the body,
 * little-endian), a header in JSON, a body of raw bytes.
 */

const PREFIX_BYTES = 8;

/** One frame as the pieces to write. The body is not copied. */
export function frame(header: unknown, body: readonly Uint8Array[]): Uint8Array[] {
  const json = Buffer.from(JSON.stringify(header));
  const prefix = Buffer.allocUnsafe(PREFIX_BYTES);
  prefix.writeUInt32LE(json.byteLength, 0);
  prefix.writeUInt32LE(
    body.reduce((sum, part) => sum + part.byteLength, 0),
    4,
  );
  return [Buffer.concat([prefix, json]), ...body];
}

/** Puts frames together from chunks of any size. */
export class FrameReader {
  #chunks: Buffer[] = [];
  #size = 0;
  readonly #onFrame: (header: unknown, body: Uint8Array) => void;

  /** @param onFrame gets a body that begins at an address that every type of number may begin at */
  constructor(onFrame: (header: unknown, body: Uint8Array) => void) {
    this.#onFrame = onFrame;
  }

  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#size += chunk.byteLength;
    for (;;) {
      if (this.#size < PREFIX_BYTES) return;
      const prefix = this.#peek(PREFIX_BYTES);
      const headerBytes = prefix.readUInt32LE(0);
      const bodyBytes = prefix.readUInt32LE(4);
      if (this.#size < PREFIX_BYTES + headerBytes + bodyBytes) return;
      const header = new Uint8Array(PREFIX_BYTES + headerBytes);
      const body = new Uint8Array(bodyBytes);
      this.#take(header);
      this.#take(body);
      this.#onFrame(JSON.parse(Buffer.from(header.buffer, PREFIX_BYTES).toString()), body);
    }
  }

  #peek(bytes: number): Buffer {
    const [first] = this.#chunks;
    if (first !== undefined && first.byteLength >= bytes) return first;
    const whole = Buffer.concat(this.#chunks);
    this.#chunks = [whole];
    return whole;
  }

  /** Moves the next bytes into `target`, which has just their length. */
  #take(target: Uint8Array): void {
    let at = 0;
    while (at < target.byteLength) {
      const chunk = this.#chunks[0];
      if (chunk === undefined) throw new Error("a frame is shorter than it says");
      const part = chunk.subarray(0, target.byteLength - at);
      target.set(part, at);
      at += part.byteLength;
      if (part.byteLength === chunk.byteLength) this.#chunks.shift();
      else this.#chunks[0] = chunk.subarray(part.byteLength);
    }
    this.#size -= target.byteLength;
  }
}
