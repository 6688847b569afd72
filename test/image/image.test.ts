import { describe, expect, it } from "vitest";
import { asImage, checkMap, type ImageLike, toRgb } from "../../src/image/image.ts";

const code = (wanted: string): unknown => expect.objectContaining({ code: wanted });

describe("row 43: asImage", () => {
  it("reads ImageData as RGBA and shares the bytes", () => {
    const data = new Uint8ClampedArray(2 * 3 * 4);
    expect(asImage({ data, width: 2, height: 3 }, "test")).toEqual({ data, width: 2, height: 3, channels: 4 });
    expect(asImage({ data, width: 2, height: 3 }, "test").data).toBe(data);
  });

  it("views plain bytes, also in the middle of a larger buffer, as node's Buffers are", () => {
    const pool = Uint8Array.of(9, 9, 1, 2, 3, 9);
    const image = asImage({ data: pool.subarray(2, 5), width: 1, height: 1, channels: 3 }, "test");
    expect([...image.data]).toEqual([1, 2, 3]);
    expect(image.data.buffer).toBe(pool.buffer);
  });

  it.each<[string, ImageLike]>([
    ["too few bytes", { data: new Uint8ClampedArray(11), width: 2, height: 2, channels: 3 }],
    ["ImageData of the wrong length", { data: new Uint8ClampedArray(12), width: 2, height: 2 }],
    ["two channels", { data: new Uint8ClampedArray(8), width: 2, height: 2, channels: 2 as 1 }],
    ["no width", { data: new Uint8ClampedArray(0), width: 0, height: 2, channels: 3 }],
    ["floats", { data: new Float32Array(12) as unknown as Uint8ClampedArray, width: 2, height: 2, channels: 3 }],
    ["no data", { data: undefined as unknown as Uint8ClampedArray, width: 2, height: 2, channels: 3 }],
  ])("refuses %s", (_, image) => {
    expect(() => asImage(image, "test")).toThrow(code("E_INPUT_SHAPE"));
  });

  it("says so when the buffer was transferred away", () => {
    const data = new Uint8ClampedArray(12);
    structuredClone(data, { transfer: [data.buffer] });
    expect(() => asImage({ data, width: 2, height: 2, channels: 3 }, "test")).toThrow(/transferred/);
  });
});

describe("toRgb", () => {
  const rgba = asImage(
    { data: Uint8ClampedArray.of(10, 20, 30, 0, 10, 20, 30, 255, 0, 100, 255, 128), width: 3, height: 1 },
    "test",
  );

  it("flattens alpha onto white, rounded", () => {
    expect([...toRgb(rgba).data]).toEqual([255, 255, 255, 10, 20, 30, 127, 177, 255]);
  });

  it("drops alpha when asked", () => {
    expect([...toRgb(rgba, "drop").data]).toEqual([10, 20, 30, 10, 20, 30, 0, 100, 255]);
  });

  it("repeats gray and shares RGB", () => {
    const gray = asImage({ data: Uint8ClampedArray.of(7, 9), width: 2, height: 1, channels: 1 }, "test");
    expect([...toRgb(gray).data]).toEqual([7, 7, 7, 9, 9, 9]);
    const rgb = toRgb(gray);
    expect(toRgb(rgb)).toBe(rgb);
  });
});

describe("checkMap", () => {
  it("refuses maps whose data do not fit, and NaN when finite values are needed", () => {
    expect(() => checkMap({ data: new Float32Array(5), width: 2, height: 3 }, "test")).toThrow(code("E_INPUT_SHAPE"));
    expect(() => checkMap({ data: [0] as unknown as Float32Array, width: 1, height: 1 }, "test")).toThrow(
      code("E_INPUT_SHAPE"),
    );
    const infinite = { data: Float32Array.of(0, Infinity), width: 1, height: 2 };
    expect(() => checkMap(infinite, "test")).not.toThrow();
    expect(() => checkMap(infinite, "test", true)).toThrow(code("E_NONFINITE"));
  });
});
