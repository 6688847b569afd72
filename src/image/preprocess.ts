/**
 * From picture to model input: fit, resize, channel order, and y = (x·scale − mean) / std, every step rounded to f32 as
 * Keras and torchvision round it. A description is plain data and goes into reports.
 */
import { checkPreprocess } from "./check-preprocess.ts";
import { type FitRule, type Geometry, inputGeometry } from "./geometry.ts";
import { asImage, type Image, type ImageLike, toRgb } from "./image.ts";
import { type Filter, resizeImage } from "./resize-image.ts";
import { resample } from "./resize-map.ts";
import { cubic, linear, slice } from "./sampling.ts";

export type ChannelOrder = "rgb" | "bgr" | "gray";

/** From a picture to the tensor that a network was trained on. */
export interface Preprocess extends FitRule {
  readonly resize: Filter;
  /**
   * true: Pillow's filters, bytes in between. false: "bilinear" or "bicubic" between pixel centres without antialiasing
   * and without rounding to bytes, as on tensors in TensorFlow and torch. "nearest" is always Pillow's.
   */
  readonly antialias: boolean;
  readonly channels: ChannelOrder;
  /** Multiplies bytes of 0 … 255. */
  readonly scale: number;
  /** One per channel, in the order of `channels`. */
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/** NHWC with batch 1. */
export interface InputTensor {
  data: Float32Array;
  shape: readonly [1, height: number, width: number, channels: number];
}

/** Resizes and normalises a picture. Alpha is flattened onto white; bars of "pad" are 0, the mean colour. */
export function preprocess(source: ImageLike, spec: Preprocess): InputTensor {
  checkPreprocess(spec, "preprocess");
  const rgb = toRgb(asImage(source, "preprocess"));
  const image = spec.channels === "gray" ? luminance(rgb) : rgb;
  const geometry = inputGeometry(image.width, image.height, spec);
  const seen = visible(geometry, spec.size);
  const pixels = resized(image, geometry, seen, spec);
  const [height, width] = spec.size;
  const { channels } = image;
  const data = new Float32Array(height * width * channels);
  for (let c = 0; c < channels; c++) {
    const channel = spec.channels === "bgr" ? 2 - c : c;
    const normalise = normaliser(spec.scale, spec.mean[c]!, spec.std[c]!);
    const ofBytes = pixels instanceof Uint8ClampedArray ? Float32Array.from(BYTES, normalise) : undefined;
    for (let y = 0; y < seen.height; y++) {
      const from = y * seen.width * channels + channel;
      const to = ((y + seen.y - geometry.top) * width + seen.x - geometry.left) * channels + c;
      if (ofBytes) lookUpLine(pixels, from, ofBytes, data, to, seen.width * channels, channels);
      else for (let i = 0; i < seen.width * channels; i += channels) data[to + i] = normalise(pixels[from + i]!);
    }
  }
  return { data, shape: [1, height, width, channels] };
}

/** Every byte there is: 256 results are looked up where there are more pixels than that. */
const BYTES = Array.from({ length: 256 }, (_, byte) => byte);

/** One channel of a line of `length` numbers. A function of its own: it is compiled after a few lines of the first picture. */
function lookUpLine(
  pixels: ArrayLike<number>,
  from: number,
  table: Float32Array,
  data: Float32Array,
  to: number,
  length: number,
  channels: number,
): void {
  for (let i = 0; i < length; i += channels) data[to + i] = table[pixels[from + i]!]!;
}

/** x·scale in f64 rounds to the same f32 as Keras' and torch's division by 255 or 127.5, for every byte. */
function normaliser(scale: number, mean: number, std: number): (x: number) => number {
  const [meanF32, stdF32] = [Math.fround(mean), Math.fround(std)];
  return (x) => Math.fround(Math.fround(Math.fround(x * scale) - meanF32) / stdF32);
}

/** The part of the resized picture that the input covers. */
function visible({ resized: { width, height }, left, top }: Geometry, [inputHeight, inputWidth]: FitRule["size"]) {
  const [x, y] = [Math.max(left, 0), Math.max(top, 0)];
  return { x, y, width: Math.min(left + inputWidth, width) - x, height: Math.min(top + inputHeight, height) - y };
}

type Region = ReturnType<typeof visible>;

function resized(image: Image, { resized: size }: Geometry, region: Region, spec: Preprocess): ArrayLike<number> {
  if (spec.antialias || spec.resize === "nearest")
    return resizeImage(image, { ...size, filter: spec.resize, region }).data;
  const plan = spec.resize === "bicubic" ? cubic : linear;
  const columns = slice(plan(image.width, size.width), region.x, region.width);
  const rows = slice(plan(image.height, size.height), region.y, region.height);
  const { channels } = image;
  const result = new Float32Array(region.width * region.height * channels);
  for (let c = 0; c < channels; c++) {
    const plane = Float32Array.from({ length: image.width * image.height }, (_, i) => image.data[i * channels + c]!);
    const { data } = resample({ data: plane, width: image.width, height: image.height }, columns, rows);
    for (let i = 0; i < data.length; i++) result[i * channels + c] = data[i]!;
  }
  return result;
}

/** ITU-R 601 luminance in 16-bit fixed point, as Pillow's convert("L"). */
function luminance({ data, width, height }: Image): Image {
  const gray = new Uint8ClampedArray(width * height);
  for (let i = 0, from = 0; i < gray.length; i++, from += 3) {
    gray[i] = (19595 * data[from]! + 38470 * data[from + 1]! + 7471 * data[from + 2]! + 0x8000) >> 16;
  }
  return { data: gray, width, height, channels: 1 };
}
