import { deflateSync } from "node:zlib";
import { encode } from "fast-png";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { decodeImage } from "#lib/engine/image/decode.ts";

/** A 7×5 image whose pixels all differ. */
const WIDTH = 7;
const HEIGHT = 5;
const RGBA = Uint8Array.from({ length: WIDTH * HEIGHT * 4 }, (_, i) => (i * 37) % 256);

function channelsOf(channels: 1 | 2 | 3 | 4): Uint8Array {
  return Uint8Array.from({ length: WIDTH * HEIGHT * channels }, (_, i) => (i * 53) % 256);
}

/** A PNG made of chunks; CRCs are not written, decoders here do not look at them. */
function png(width: number, height: number, data: Uint8Array, type = 0): Uint8Array {
  const chunk = (name: string, body: Uint8Array) => {
    const out = Buffer.alloc(12 + body.length);
    out.writeUInt32BE(body.length, 0);
    out.write(name, 4, "latin1");
    out.set(body, 8);
    return out;
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 8;
  header[9] = type;
  return Buffer.concat([
    Buffer.from("\x89PNG\r\n\x1a\n", "latin1"),
    chunk("IHDR", header),
    chunk("IDAT", data),
    chunk("IEND", new Uint8Array()),
  ]);
}

describe("decodeImage", () => {
  it.each([1, 2, 3, 4] as const)("decodes an 8-bit PNG of %i channels, as sharp does", async (channels) => {
    const file = encode({ width: WIDTH, height: HEIGHT, data: channelsOf(channels), channels });
    const image = await decodeImage(file);
    const expected = await sharp(file).toColourspace("srgb").ensureAlpha().raw().toBuffer();
    expect([image.width, image.height]).toEqual([WIDTH, HEIGHT]);
    expect([...image.data]).toEqual([...expected]);
  });

  it("undoes every row filter", async () => {
    const raw = Buffer.from(RGBA);
    for (const adaptiveFiltering of [true, false]) {
      const file = await sharp(raw, { raw: { width: WIDTH, height: HEIGHT, channels: 4 } })
        .png({ adaptiveFiltering, palette: false })
        .toBuffer();
      expect([...(await decodeImage(file)).data]).toEqual([...RGBA]);
    }
    // Each of the five filters on the same rows of one pixel 10, 20, 30, whatever was chosen above.
    for (const [filter, rows] of [
      [0, [10, 20, 30]],
      [1, [10, 20, 30]],
      [2, [10, 10, 10]],
      [3, [10, 15, 20]],
      [4, [10, 10, 10]],
    ] as const) {
      const file = png(1, 3, deflateSync(Uint8Array.from(rows.flatMap((v) => [filter, v]))));
      const { data } = await decodeImage(file);
      expect([data[0], data[4], data[8]]).toEqual([10, 20, 30]);
    }
  });

  it("decodes palettes, 16 bits, interlacing and large PNGs", async () => {
    const raw = sharp(Buffer.from(RGBA), { raw: { width: WIDTH, height: HEIGHT, channels: 4 } }).removeAlpha();
    const flat = [...(await raw.clone().ensureAlpha().raw().toBuffer())];
    const files = [
      await raw.clone().png({ palette: true, colours: 256, dither: 0 }).toBuffer(),
      await raw.clone().toColourspace("rgb16").png().toBuffer(),
      await raw.clone().png({ progressive: true }).toBuffer(),
    ];
    for (const file of files) {
      const image = await decodeImage(file);
      expect(image.data).toHaveLength(flat.length);
      const worst = Math.max(...flat.map((v, i) => Math.abs(v - (image.data[i] ?? 0))));
      expect(worst).toBeLessThanOrEqual(8);
    }
    const large = await sharp({ create: { width: 3000, height: 1000, channels: 3, background: "#204060" } })
      .png()
      .toBuffer();
    const image = await decodeImage(large);
    expect([image.width, image.height]).toEqual([2048, 683]);
    expect([...image.data.subarray(0, 4)]).toEqual([0x20, 0x40, 0x60, 255]);
  });

  it("turns a JPEG upright by its EXIF orientation", async () => {
    const half = await sharp({ create: { width: 40, height: 20, channels: 3, background: "black" } })
      .composite([{ input: { create: { width: 20, height: 20, channels: 3, background: "white" } }, left: 0, top: 0 }])
      .jpeg()
      .withMetadata({ orientation: 6 })
      .toBuffer();
    const image = await decodeImage(half);
    expect([image.width, image.height]).toEqual([20, 40]);
    expect(image.data[0]).toBeGreaterThan(200);
    expect(image.data[4 * (20 * 39)]).toBeLessThan(50);
  });
});

describe("refused uploads", () => {
  const good = encode({ width: WIDTH, height: HEIGHT, data: RGBA });

  it.each([
    ["nothing", new Uint8Array(), "not_an_image"],
    ["text", Buffer.from("hello, this is not an image"), "not_an_image"],
    ["a GIF", Buffer.from("GIF89a............"), "unsupported_format"],
    ["a WebP", Buffer.from("RIFF....WEBPVP8 "), "unsupported_format"],
    ["an SVG", Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), "unsupported_format"],
    ["a PNG signature alone", good.subarray(0, 8), "damaged"],
    ["a PNG of 0×0", png(0, 0, deflateSync(new Uint8Array())), "damaged"],
    ["a PNG cut in its data", good.subarray(0, good.length - 30), "damaged"],
    ["a PNG without an end", good.subarray(0, good.length - 12), "damaged"],
    ["a PNG with too few pixels", png(28, 28, deflateSync(new Uint8Array(100))), "damaged"],
    [
      "a PNG with noise for data",
      png(
        28,
        28,
        Uint8Array.from({ length: 99 }, (_, i) => (i * 91) % 256),
      ),
      "damaged",
    ],
    ["a PNG with an unknown filter", png(1, 1, deflateSync(Uint8Array.of(9, 0))), "damaged"],
    ["a JPEG signature alone", Uint8Array.of(0xff, 0xd8, 0xff, 0xe0), "damaged"],
  ])("refuses %s", async (_, bytes, code) => {
    await expect(decodeImage(bytes)).rejects.toMatchObject({ name: "ImageError", code, remedy: expect.any(String) });
  });

  it("refuses a flipped bit in the pixel data", async () => {
    const broken = png(28, 28, deflateSync(new Uint8Array(29 * 28).fill(7)));
    const at = broken.length - 12 - 4 - 2;
    broken[at] = (broken[at] ?? 0) ^ 0x10;
    await expect(decodeImage(broken)).rejects.toMatchObject({ code: "damaged" });
  });

  it("refuses a truncated JPEG", async () => {
    const noise = Buffer.from(Uint8Array.from({ length: 200 * 200 * 3 }, (_, i) => (i * 7919) % 251));
    const file = await sharp(noise, { raw: { width: 200, height: 200, channels: 3 } })
      .jpeg()
      .toBuffer();
    await expect(decodeImage(file)).resolves.toMatchObject({ width: 200 });
    await expect(decodeImage(file.subarray(0, file.length / 2))).rejects.toMatchObject({ code: "damaged" });
  });

  it("refuses a 50-megapixel image by its header, whatever its kind", async () => {
    await expect(decodeImage(png(10_000, 5_000, deflateSync(new Uint8Array(10))))).rejects.toMatchObject({
      code: "too_large",
      message: expect.stringContaining("10000×5000"),
    });
    const jpeg = await sharp({ create: { width: 8000, height: 6250, channels: 3, background: "white" } })
      .jpeg()
      .toBuffer();
    await expect(decodeImage(jpeg)).rejects.toMatchObject({ code: "too_large" });
    await expect(decodeImage(good, { maxPixels: 34 })).rejects.toMatchObject({ code: "too_large" });
  });

  it("does not unpack more than the header says: a 200 MB bomb in a 28×28 file costs nothing", async () => {
    const bomb = png(28, 28, deflateSync(new Uint8Array(200 * 1024 * 1024), { level: 9 }));
    expect(bomb.length).toBeLessThan(250_000);
    const before = process.memoryUsage().arrayBuffers;
    const start = performance.now();
    await expect(decodeImage(bomb)).rejects.toMatchObject({ code: "damaged" });
    expect(performance.now() - start).toBeLessThan(20_000);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(20 * 1024 * 1024);
  });
});
