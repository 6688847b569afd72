/** Pictures that are extreme, and pixels in memory that is. By the rows of the list in docs/security.md. */
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { explain, type ImageLike, loadModel, readImage } from "../../src/node.ts";
import { codeOf } from "../support/error-code.ts";

/** A GIF of 2 × 2 pixels with this many frames. */
function animated(frames: number): Uint8Array {
  const begin = Buffer.from("GIF89a\x02\0\x02\0\x80\0\0\0\0\0\xff\xff\xff", "latin1");
  const frame = Buffer.from("\x21\xf9\x04\0\x0a\0\0\0\x2c\0\0\0\0\x02\0\x02\0\0\x02\x03\x44\x02\x05\0", "latin1");
  return new Uint8Array(Buffer.concat([begin, ...new Array<Buffer>(frames).fill(frame), Buffer.from(";")]));
}

describe("row 41: pictures that are extreme", () => {
  it("have one frame of ten thousand", async () => {
    const begun = performance.now();
    expect(await readImage(animated(10_000))).toMatchObject({ width: 2, height: 2 });
    expect(performance.now() - begun).toBeLessThan(5000);
  });

  it("are explained when they are a line of 1 × 65,535 pixels", async () => {
    const line = sharp({ create: { width: 1, height: 65_535, channels: 3, background: "#80ff20" } });
    const picture = await readImage(await line.png().toBuffer());
    expect(picture).toMatchObject({ width: 1, height: 65_535 });
    const model = await loadModel();
    const { map } = await explain(model, picture);
    expect([map.width, map.height, map.data.every(Number.isFinite)]).toEqual([1, 65_535, true]);
    model.dispose();
  });
});

describe("row 43: pixels in memory of all kinds", () => {
  const SIDE = 16;
  const bytes = SIDE * SIDE * 3;
  const kinds: [string, () => ArrayBufferLike][] = [
    ["shared", () => new SharedArrayBuffer(bytes)],
    // As the language has had it since 2024; the library of types for ES2022 does not know.
    ["resizable", () => Reflect.construct(ArrayBuffer, [bytes, { maxByteLength: 4 * bytes }]) as ArrayBuffer],
  ];

  it.each(kinds)("are read from a %s buffer as from any other", async (_, make) => {
    const model = await loadModel();
    const shown = (buffer: ArrayBufferLike): ImageLike => {
      const data = new Uint8ClampedArray(buffer).map((__, i) => (i * 37) % 256);
      const own = new Uint8ClampedArray(buffer);
      own.set(data);
      return { data: own, width: SIDE, height: SIDE, channels: 3 };
    };
    const plain = await explain(model, shown(new ArrayBuffer(bytes)));
    expect((await explain(model, shown(make()))).raw.data).toEqual(plain.raw.data);
    model.dispose();
  });

  it("are refused when a resizable buffer has shrunk under them", async () => {
    const buffer = Reflect.construct(ArrayBuffer, [bytes, { maxByteLength: bytes }]) as ArrayBuffer & {
      resize(bytes: number): void;
    };
    const picture = { data: new Uint8ClampedArray(buffer), width: SIDE, height: SIDE, channels: 3 } as const;
    buffer.resize(10);
    const model = await loadModel();
    expect(await codeOf(() => explain(model, picture))).toBe("E_INPUT_SHAPE");
    model.dispose();
  });
});
