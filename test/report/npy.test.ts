/** Files for NumPy, against the bytes that numpy 2.x itself writes. */
import { describe, expect, it } from "vitest";
import { toNpy, toNpz } from "../../src/report/npy.ts";

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1");

describe("toNpy", () => {
  it("writes what numpy.save writes for a float32 array", () => {
    const bytes = toNpy({ data: Float32Array.of(1, -2.5, 3, 0, 1e-3, 6), shape: [2, 3] });
    // io.BytesIO() after np.save(b, np.array([[1, -2.5, 3], [0, 1e-3, 6]], np.float32)), b.getvalue().hex()
    expect(Buffer.from(bytes).toString("hex")).toBe(SAVED);
  });

  it("begins its numbers at a multiple of 64 and ends its header with a line feed, whatever the shape", () => {
    for (const shape of [
      [1],
      [7],
      [1, 7, 7, 1280],
      [123456],
      [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1],
    ]) {
      const data = new Float32Array(shape.reduce((a, b) => a * b));
      const bytes = toNpy({ data, shape });
      const begin = bytes.length - data.byteLength;
      expect(begin % 64).toBe(0);
      expect(bytes[begin - 1]).toBe(10);
      expect(bytes[8]! + 256 * bytes[9]! + 10).toBe(begin);
    }
    expect(text(toNpy({ data: new Float32Array(7), shape: [7] }))).toContain("'shape': (7,), }");
  });

  it("keeps numbers of a view apart from those around it", () => {
    const view = Float32Array.of(9, 1, 2, 9).subarray(1, 3);
    expect(toNpy({ data: view, shape: [2] })).toEqual(toNpy({ data: Float32Array.of(1, 2), shape: [2] }));
  });

  it("refuses numbers that do not fill the shape", () => {
    expect(() => toNpy({ data: new Float32Array(5), shape: [2, 3] })).toThrow(/expected 6 numbers for \[2,3\], got 5/);
  });
});

describe("toNpz", () => {
  const bytes = toNpz({ features: { data: Float32Array.of(1, 2), shape: [2] }, pictures: ["a.jpg", "straße.jpg"] });

  it("is a zip archive whose directory finds every file", () => {
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    const end = bytes.length - 22;
    expect(view.getUint32(end, true)).toBe(0x06054b50);
    expect(view.getUint16(end + 10, true)).toBe(2);
    const names: string[] = [];
    let at = view.getUint32(end + 16, true);
    for (let i = 0; i < 2; i++) {
      expect(view.getUint32(at, true)).toBe(0x02014b50);
      const length = view.getUint16(at + 28, true);
      names.push(text(bytes.subarray(at + 46, at + 46 + length)));
      const local = view.getUint32(at + 42, true);
      expect(view.getUint32(local, true)).toBe(0x04034b50);
      expect(text(bytes.subarray(local + 30 + length).subarray(1, 6))).toBe("NUMPY");
      at += 46 + length;
    }
    expect(names).toEqual(["features.npy", "pictures.npy"]);
  });

  it("holds strings as NumPy's Unicode strings of the longest length", () => {
    expect(text(bytes)).toContain("'descr': '<U10', 'fortran_order': False, 'shape': (2,), }");
  });

  it("gives equal bytes for equal arrays", () => {
    const again = toNpz({ features: { data: Float32Array.of(1, 2), shape: [2] }, pictures: ["a.jpg", "straße.jpg"] });
    expect(again).toEqual(bytes);
  });
});

const SAVED =
  "934e554d5059010076007b276465736372273a20273c6634272c2027666f727472616e5f6f72646572273a2046616c73" +
  "652c20277368617065273a2028322c2033292c207d202020202020202020202020202020202020202020202020202020" +
  "202020202020202020202020202020202020202020202020202020202020200a0000803f000020c00000404000000000" +
  "6f12833a0000c040";
