import { describe, expect, it } from "vitest";
import { decodeBmp } from "../../src/node/bmp.ts";

interface Bmp {
  width: number;
  /** Negative: rows from the top down. */
  height: number;
  bits: number;
  compression?: number;
  palette?: number[][];
  /** Stored rows without padding to 4 bytes. */
  rows: number[][];
}

function bmp({ width, height, bits, compression = 0, palette = [], rows }: Bmp): Uint8Array {
  const stride = Math.ceil((width * bits) / 32) * 4;
  const offset = 54 + palette.length * 4;
  const bytes = new Uint8Array(offset + stride * rows.length);
  const view = new DataView(bytes.buffer);
  bytes.set([0x42, 0x4d]);
  view.setUint32(10, offset, true);
  view.setUint32(14, 40, true);
  view.setInt32(18, width, true);
  view.setInt32(22, height, true);
  view.setUint16(28, bits, true);
  view.setUint32(30, compression, true);
  view.setUint32(46, palette.length, true);
  palette.forEach(([r, g, b], i) => bytes.set([b!, g!, r!, 0], 54 + i * 4));
  rows.forEach((row, y) => bytes.set(row, offset + y * stride));
  return bytes;
}

const read = (file: Uint8Array): number[] => [...decodeBmp(file, "test.bmp", 1e6).data];
const [red, green, blue] = [
  [255, 0, 0],
  [0, 255, 0],
  [0, 0, 255],
] as const;

describe("decodeBmp", () => {
  it("reads 24 bits from the bottom up and 32 bits from the top down", () => {
    const up = bmp({
      width: 1,
      height: 2,
      bits: 24,
      rows: [
        [0, 255, 0],
        [0, 0, 255],
      ],
    });
    expect(read(up)).toEqual([...red, ...green]);
    const down = bmp({
      width: 1,
      height: -2,
      bits: 32,
      rows: [
        [0, 255, 0, 9],
        [0, 0, 255, 9],
      ],
    });
    expect(read(down)).toEqual([...green, ...red]);
  });

  it.each([
    [1, [0b0100_0000], [red, green, red]],
    [4, [0x02, 0x10], [red, blue, green]],
    [8, [2, 0, 1], [blue, red, green]],
  ] as const)("reads palettes of %i bits", (bits, row, colours) => {
    const file = bmp({ width: 3, height: 1, bits, palette: [[...red], [...green], [...blue]], rows: [[...row]] });
    expect(read(file)).toEqual(colours.flat());
  });

  it("paints colours that the palette lacks black", () => {
    expect(read(bmp({ width: 1, height: 1, bits: 8, palette: [[...red]], rows: [[200]] }))).toEqual([0, 0, 0]);
  });

  it.each([
    ["E_IMAGE_FORMAT", bmp({ width: 1, height: 1, bits: 16, rows: [[0, 0]] })],
    ["E_IMAGE_FORMAT", bmp({ width: 1, height: 1, bits: 8, compression: 1, rows: [[0]] })],
    ["E_IMAGE_CORRUPT", bmp({ width: 0, height: 1, bits: 24, rows: [] })],
    ["E_IMAGE_CORRUPT", bmp({ width: 4, height: 4, bits: 24, rows: [[]] })],
    ["E_IMAGE_CORRUPT", bmp({ width: 1, height: 1, bits: 24, rows: [[0]] }).subarray(0, 40)],
    ["E_IMAGE_TOO_LARGE", bmp({ width: 2000, height: 2000, bits: 24, rows: [] })],
  ])("%s", (code, file) => {
    expect(() => read(file)).toThrow(expect.objectContaining({ code }));
  });
});
