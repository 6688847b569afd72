/** Every half and every bfloat16 there is, against arithmetic on their fields. */
import { describe, expect, it } from "vitest";
import { decodeFloats, narrowHalf, widenBrain, widenHalf } from "../../src/load/numbers.ts";

const ALL = Uint16Array.from({ length: 65536 }, (_, i) => i);

/** (−1)^s · 2^(e−15) · (1 + f/1024), or 2^−14 · f/1024 for e = 0. */
function half(bits: number): number {
  const sign = bits >> 15 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (exponent === 0 ? 2 ** -24 * fraction : 2 ** (exponent - 15) * (1 + fraction / 1024));
}

describe("narrowing", () => {
  it("gives back all halves, NaN as NaN", () => {
    const back = narrowHalf(widenHalf(ALL));
    ALL.forEach((bits) => {
      if (Number.isNaN(half(bits))) expect(half(back[bits]!)).toBeNaN();
      else if (back[bits] !== bits) throw new Error(`half ${String(bits)} came back as ${String(back[bits])}`);
    });
  });

  it("rounds to the nearest, ties to even, and what is too large to infinity", () => {
    for (let bits = 0; bits < 0x7bff; bits++) {
      const [low, high] = [half(bits), half(bits + 1)];
      const middle = (low + high) / 2;
      const even = bits % 2 === 0 ? bits : bits + 1;
      const near = [middle, middle - (high - low) / 8, middle + (high - low) / 8, -middle];
      expect(Array.from(narrowHalf(Float32Array.from(near)))).toEqual([even, bits, bits + 1, even | 0x8000]);
    }
    const ends = Float32Array.from([65519.99, 65520, -1e30, Infinity, 2 ** -25, 2 ** -26, -0]);
    expect(Array.from(narrowHalf(ends))).toEqual([0x7bff, 0x7c00, 0xfc00, 0x7c00, 0, 0, 0x8000]);
  });
});

describe("widening", () => {
  it("is exact for all 65,536 halves, signed zeros and subnormals included", () => {
    const floats = widenHalf(ALL);
    ALL.forEach((bits) => {
      if (!Object.is(floats[bits], half(bits))) throw new Error(`half ${String(bits)} became ${String(floats[bits])}`);
    });
    expect(floats.length).toBe(65536);
  });

  it("is exact for all 65,536 bfloat16", () => {
    const floats = widenBrain(ALL);
    const view = new DataView(new ArrayBuffer(4));
    ALL.forEach((bits) => {
      view.setUint32(0, bits << 16);
      if (!Object.is(floats[bits], view.getFloat32(0)))
        throw new Error(`bfloat16 ${String(bits)} became ${String(floats[bits])}`);
    });
    expect(floats.length).toBe(65536);
  });

  it("copies, whatever the bytes are a view of", () => {
    const bytes = Buffer.from(new Float32Array([1, 2, 3]).buffer).subarray(4);
    const floats = decodeFloats(bytes, "F32");
    bytes.fill(0);
    expect(Array.from(floats)).toEqual([2, 3]);
  });
});
