/** Windows bitmaps, which libvips does not read: uncompressed, 1, 4, 8, 24 or 32 bits per pixel. */
import { GradCamError } from "../errors.ts";
import { type Image, newImage } from "../image/image.ts";
import { checkPixels } from "./limits.ts";

interface BmpHeader {
  readonly width: number;
  readonly height: number;
  /** Rows are stored from the bottom up unless the height is negative. */
  readonly bottomUp: boolean;
  readonly bits: number;
  /** Where the pixels begin, and the bytes from row to row: a multiple of 4. */
  readonly offset: number;
  readonly stride: number;
  /** BGRx entries; empty for 24 and 32 bits. */
  readonly palette: Uint8Array;
}

const FILE_HEADER = 14;
const INFO_HEADER = 40;
const COMPRESSION: Readonly<Record<number, string>> = { 0: "none", 1: "RLE8", 2: "RLE4", 3: "bit fields" };

/** RGB pixels. Throws E_IMAGE_FORMAT for compressed and 16-bit files, E_IMAGE_CORRUPT for truncated ones, E_IMAGE_TOO_LARGE. */
export function decodeBmp(bytes: Uint8Array, where: string, maxPixels: number): Image {
  const header = readHeader(bytes, where, maxPixels);
  const { width, height, bits, offset, stride, palette } = header;
  const image = newImage(width, height, 3);
  const perByte = 8 / bits;
  for (let y = 0, to = 0; y < height; y++) {
    const row = offset + (header.bottomUp ? height - 1 - y : y) * stride;
    for (let x = 0; x < width; x++, to += 3) {
      const pixel = row + Math.floor((x * bits) / 8);
      const shift = 8 - bits * ((x % perByte) + 1);
      const [source, at] = bits > 8 ? [bytes, pixel] : [palette, ((bytes[pixel]! >> shift) & ((1 << bits) - 1)) * 4];
      for (let c = 0; c < 3; c++) image.data[to + c] = source[at + 2 - c] ?? 0;
    }
  }
  return image;
}

function readHeader(bytes: Uint8Array, where: string, maxPixels: number): BmpHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (bytes.length < FILE_HEADER + INFO_HEADER) throw truncated(where, FILE_HEADER + INFO_HEADER, bytes.length);
  const headerSize = view.getUint32(14, true);
  const [width, height] = [view.getInt32(18, true), Math.abs(view.getInt32(22, true))];
  const [bits, compression] = [view.getUint16(28, true), view.getUint32(30, true)];
  const offset = view.getUint32(10, true);
  if (headerSize < INFO_HEADER || ![1, 4, 8, 24, 32].includes(bits) || !isPlain(view, bits, compression)) {
    throw new GradCamError("E_IMAGE_FORMAT", {
      where,
      expected: "an uncompressed BMP of 1, 4, 8, 24 or 32 bits per pixel",
      got: `${bits} bits, compression ${COMPRESSION[compression] ?? compression}, header of ${headerSize} bytes`,
      hint: "convert it to PNG first",
    });
  }
  if (width <= 0 || height === 0) {
    throw new GradCamError("E_IMAGE_CORRUPT", { where, expected: "a positive size", got: `${width}×${height}` });
  }
  checkPixels(width, height, maxPixels, where);
  const stride = Math.ceil((width * bits) / 32) * 4;
  if (bytes.length < offset + stride * height) throw truncated(where, offset + stride * height, bytes.length);
  const colors = bits > 8 ? 0 : view.getUint32(46, true) || 1 << bits;
  const palette = bytes.subarray(FILE_HEADER + headerSize, FILE_HEADER + headerSize + colors * 4);
  return { width, height, bottomUp: view.getInt32(22, true) > 0, bits, offset, stride, palette };
}

/** Uncompressed, or 32 bits whose fields lie as they do without compression: 0xRRGGBB. */
const isPlain = (view: DataView, bits: number, compression: number): boolean =>
  compression === 0 ||
  (compression === 3 &&
    bits === 32 &&
    view.byteLength >= 66 &&
    view.getUint32(54, true) === 0xff0000 &&
    view.getUint32(58, true) === 0xff00);

const truncated = (where: string, expected: number, got: number): GradCamError =>
  new GradCamError("E_IMAGE_CORRUPT", {
    where,
    expected: `a BMP of at least ${expected} bytes`,
    got: `${got} bytes: the file ends early`,
  });
