/**
 * Resizing of pictures, byte for byte as Pillow's `Image.resize`: NEAREST in its accumulated form; the other filters with
 * 22-bit fixed-point weights, columns first, bytes between the two passes.
 * Source for the arithmetic: libImaging/Resample.c and Geometry.c of Pillow, checked against its output (test/golden/image).
 */
import { GradCamError } from "../errors.ts";
import { checkChoice } from "./choice.ts";
import { asImage, checkSize, type Image, type ImageLike, newImage } from "./image.ts";
import { antialiased, type AntialiasFilter, pillowNearest, type Sampling, slice } from "./sampling.ts";

export type Filter = "nearest" | AntialiasFilter;

export const FILTERS: readonly Filter[] = ["nearest", "box", "bilinear", "hamming", "bicubic", "lanczos"];

/** left, top, right, bottom in picture pixels; may be fractional. */
export type Box = readonly [left: number, top: number, right: number, bottom: number];

export interface ResizeOptions {
  width: number;
  height: number;
  /** "bicubic" by default, as in Pillow. */
  filter?: Filter;
  /** The part of the picture to resize; all of it by default. */
  box?: Box;
  /** Only this part of the result is computed (whole pixels). The bytes are those of a crop made afterwards. */
  region?: { x: number; y: number; width: number; height: number };
}

/** 8-bit pixels and weights of 22 bits leave two bits for the overshoot of negative lobes in an i32. */
const WEIGHT_BITS = 22;
const HALF = 1 << (WEIGHT_BITS - 1);

/** A resized copy. RGBA is premultiplied before and divided after, except by "nearest". */
export function resizeImage(source: ImageLike, options: ResizeOptions): Image {
  const image = asImage(source, "resizeImage");
  const { width, height, filter = "bicubic", box = [0, 0, image.width, image.height] } = options;
  checkOptions(image, { width, height, filter, box });
  const region = options.region ?? { x: 0, y: 0, width, height };
  const [left, top, right, bottom] = box;
  if (filter === "nearest") {
    const columns = pillowNearest(width, left, right).subarray(region.x, region.x + region.width);
    const rows = pillowNearest(height, top, bottom).subarray(region.y, region.y + region.height);
    return pick(image, columns, rows);
  }
  const columns = slice(antialiased(image.width, width, filter, left, right), region.x, region.width);
  const rows = slice(antialiased(image.height, height, filter, top, bottom), region.y, region.height);
  if (image.channels !== 4) return resampleRows(resampleColumns(image, columns, rows), rows);
  return divideAlpha(resampleRows(resampleColumns(premultiply(image), columns, rows), rows));
}

/** Pixel (x, y) of the result is pixel (columns[x], rows[y]) of the picture. */
function pick(image: Image, columns: Int32Array, rows: Int32Array): Image {
  const { data, channels } = image;
  const result = newImage(columns.length, rows.length, channels);
  let to = 0;
  for (const row of rows) {
    for (const column of columns) {
      const from = (row * image.width + column) * channels;
      for (let c = 0; c < channels; c++) result.data[to++] = data[from + c]!;
    }
  }
  return result;
}

/** Horizontal pass over those rows that the vertical pass will read; the others stay empty. */
function resampleColumns(image: Image, columns: Sampling, rows: Sampling): Image {
  const { data, width, channels } = image;
  const weights = fixedPoint(columns);
  const result = newImage(columns.size, image.height, channels);
  const mixLine = channels === 3 ? mixRgb : mixChannels;
  const last = rows.size - 1;
  for (let y = rows.first[0]!; y < rows.first[last]! + rows.count[last]!; y++) {
    mixLine(data, y * width * channels, columns, weights, result.data, y * columns.size * channels, channels);
  }
  return result;
}

/** One line of the horizontal pass: pixels that begin at `from` in `data` to those at `to` in `result`. */
type MixLine = (
  data: Uint8ClampedArray,
  from: number,
  columns: Sampling,
  weights: Int32Array,
  result: Uint8ClampedArray,
  to: number,
  channels: number,
) => void;

/** Weights are read once for all three channels. `imul` keeps the sums in integers. */
const mixRgb: MixLine = (data, from, { size, taps, first, count }, weights, result, to) => {
  for (let x = 0; x < size; x++) {
    let red = HALF;
    let green = HALF;
    let blue = HALF;
    let at = from + first[x]! * 3;
    const end = x * taps + count[x]!;
    for (let t = x * taps; t < end; t++, at += 3) {
      const weight = weights[t]!;
      red = (red + Math.imul(data[at]!, weight)) | 0;
      green = (green + Math.imul(data[at + 1]!, weight)) | 0;
      blue = (blue + Math.imul(data[at + 2]!, weight)) | 0;
    }
    result[to++] = red >> WEIGHT_BITS;
    result[to++] = green >> WEIGHT_BITS;
    result[to++] = blue >> WEIGHT_BITS;
  }
};

const mixChannels: MixLine = (data, from, { size, taps, first, count }, weights, result, to, channels) => {
  for (let x = 0; x < size; x++) {
    const end = x * taps + count[x]!;
    for (let c = 0; c < channels; c++) {
      let sum = HALF;
      let at = from + first[x]! * channels + c;
      for (let t = x * taps; t < end; t++, at += channels) sum = (sum + Math.imul(data[at]!, weights[t]!)) | 0;
      result[to++] = sum >> WEIGHT_BITS;
    }
  }
};

/** Vertical pass, one output row at a time. */
function resampleRows(image: Image, rows: Sampling): Image {
  const weights = fixedPoint(rows);
  const stride = image.width * image.channels;
  const result = newImage(image.width, rows.size, image.channels);
  const sums = new Int32Array(stride);
  for (let y = 0; y < rows.size; y++) {
    sums.fill(HALF);
    for (let t = 0; t < rows.count[y]!; t++) {
      addScaled(image.data, (rows.first[y]! + t) * stride, weights[y * rows.taps + t]!, sums);
    }
    roundDown(sums, result.data, y * stride);
  }
  return result;
}

function roundDown(sums: Int32Array, result: Uint8ClampedArray, to: number): void {
  for (let x = 0; x < sums.length; x++) result[to + x] = sums[x]! >> WEIGHT_BITS;
}

/** sums += weight·data, from index `from` on. */
function addScaled(data: Uint8ClampedArray, from: number, weight: number, sums: Int32Array): void {
  for (let x = 0; x < sums.length; x++) sums[x] = (sums[x]! + Math.imul(data[from + x]!, weight)) | 0;
}

/** Weights times 2²², rounded half away from zero. */
function fixedPoint({ weights }: Sampling): Int32Array {
  const rounded = new Int32Array(weights.length);
  for (let i = 0; i < weights.length; i++) {
    const weight = weights[i]!;
    rounded[i] = Math.trunc(weight * (1 << WEIGHT_BITS) + (weight < 0 ? -0.5 : 0.5));
  }
  return rounded;
}

/** round(colour·alpha / 255) in integers: with p = colour·alpha + 128, (p + p/256) / 256. */
function premultiply(image: Image): Image {
  const result = newImage(image.width, image.height, 4);
  for (let i = 0; i < image.data.length; i += 4) {
    const alpha = image.data[i + 3]!;
    for (let c = 0; c < 3; c++) {
      const product = image.data[i + c]! * alpha + 128;
      result.data[i + c] = (product + (product >> 8)) >> 8;
    }
    result.data[i + 3] = alpha;
  }
  return result;
}

/** Undoes `premultiply` in place: 255·colour / alpha, truncated. */
function divideAlpha(image: Image): Image {
  const { data } = image;
  for (let i = 0; i < data.length; i += 4) {
    const alpha = data[i + 3]!;
    if (alpha === 0 || alpha === 255) continue;
    for (let c = 0; c < 3; c++) data[i + c] = Math.trunc((255 * data[i + c]!) / alpha);
  }
  return image;
}

function checkOptions(image: Image, { width, height, filter, box }: Required<Omit<ResizeOptions, "region">>): void {
  checkSize(width, height, "resizeImage");
  checkChoice(filter, FILTERS, "resizeImage: filter");
  const [left, top, right, bottom] = box;
  if (left >= 0 && top >= 0 && right <= image.width && bottom <= image.height && left < right && top < bottom) return;
  throw new GradCamError("E_INPUT_VALUE", {
    where: "resizeImage: box",
    expected: `left < right ≤ ${image.width} and top < bottom ≤ ${image.height}`,
    got: `[${box.join(", ")}]`,
  });
}
