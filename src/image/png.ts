/** PNG writing (W3C PNG, third edition) in Node and browsers: 8 bits, not interlaced, the platform's own deflate. */
import { concat, crc32 } from "./chunks.ts";
import { asImage, type Image, type ImageLike } from "./image.ts";

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
const COLOR_TYPES = { 1: 0, 3: 2, 4: 6 } as const;
const PERCEPTUAL_INTENT = Uint8Array.of(0);

/** The picture as a PNG file. Equal pixels give equal bytes on one platform; no dates or other metadata are stored. */
export async function toPng(source: ImageLike): Promise<Uint8Array> {
  const image = asImage(source, "toPng");
  const chunks = [
    SIGNATURE,
    chunk("IHDR", header(image)),
    chunk("sRGB", PERCEPTUAL_INTENT),
    chunk("IDAT", await deflate(filterRows(image))),
    chunk("IEND", new Uint8Array(0)),
  ];
  return concat(chunks);
}

function header({ width, height, channels }: Image): Uint8Array {
  const bytes = new Uint8Array(13);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  bytes.set([8, COLOR_TYPES[channels], 0, 0, 0], 8);
  return bytes;
}

/** Length, type, data, CRC-32 of type and data. */
function chunk(type: string, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(12 + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  for (let i = 0; i < 4; i++) bytes[4 + i] = type.charCodeAt(i);
  bytes.set(data, 8);
  view.setUint32(8 + data.length, crc32(bytes.subarray(4, 8 + data.length)));
  return bytes;
}

/** None, Sub, Up, Average, Paeth: numbers that the file format gives them. */
const FILTERS = [0, 1, 2, 3, 4] as const;

/** Residuals of every eighth sample are enough to choose a filter by. */
const SAMPLE_STEP = 8;

/** Every row by the filter whose residuals are small: the specification's heuristic, on a sample of the row. */
function filterRows({ data, width, height, channels }: Image): Uint8Array {
  const stride = width * channels;
  const result = new Uint8Array(height * (stride + 1));
  for (let y = 0; y < height; y++) {
    const row: Row = { data, start: y * stride, stride: y > 0 ? stride : 0, channels };
    const costs = FILTERS.map((filter) => {
      let cost = 0;
      for (let x = 0; x < stride; x += SAMPLE_STEP) cost += magnitude(residual(row, x, filter));
      return cost;
    });
    const filter = costs.indexOf(Math.min(...costs));
    const to = y * (stride + 1);
    result[to] = filter;
    for (let x = 0; x < stride; x++) result[to + 1 + x] = residual(row, x, filter);
  }
  return result;
}

interface Row {
  readonly data: Uint8ClampedArray;
  readonly start: number;
  /** Distance to the row above, 0 in the first row. */
  readonly stride: number;
  readonly channels: number;
}

/** Byte x of a row minus its prediction from a (the same channel to the left), b (above) and c (above left); 0 outside. */
function residual({ data, start, stride, channels }: Row, x: number, filter: number): number {
  const at = start + x;
  const a = x >= channels ? data[at - channels]! : 0;
  const b = stride > 0 ? data[at - stride]! : 0;
  const c = x >= channels && stride > 0 ? data[at - stride - channels]! : 0;
  return (data[at]! - predict(filter, a, b, c)) & 255;
}

/** |residual| as a signed byte. */
const magnitude = (byte: number): number => (byte < 128 ? byte : 256 - byte);

function predict(filter: number, a: number, b: number, c: number): number {
  switch (filter) {
    case 1:
      return a;
    case 2:
      return b;
    case 3:
      return (a + b) >> 1;
    case 4:
      return paeth(a, b, c);
    default:
      return 0;
  }
}

/** The neighbour nearest to a + b − c; on ties a, then b. */
function paeth(a: number, b: number, c: number): number {
  const toA = Math.abs(b - c);
  const toB = Math.abs(a - c);
  const toC = Math.abs(a + b - 2 * c);
  if (toA <= toB && toA <= toC) return a;
  return toB <= toC ? b : c;
}

/** A zlib stream (RFC 1950). */
async function deflate(bytes: Uint8Array): Promise<Uint8Array> {
  const stream = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream().pipeThrough(new CompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
