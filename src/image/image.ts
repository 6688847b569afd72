/** Pictures and maps as plain pixels, and the checks every function of this folder makes on what it is given. */
import { GradCamError } from "../errors.ts";
import { given } from "../given.ts";

/** sRGB bytes, row-major, channels interleaved: gray, RGB or RGBA (alpha not premultiplied). */
export interface Image {
  data: Uint8ClampedArray;
  width: number;
  height: number;
  channels: 1 | 3 | 4;
}

/** What functions accept as a picture: an `Image`, or a DOM `ImageData`, which says nothing of its four channels. */
export interface ImageLike {
  readonly data: Uint8ClampedArray | Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly channels?: 1 | 3 | 4;
}

/** One float per pixel, row-major. */
export interface Map2D {
  data: Float32Array;
  width: number;
  height: number;
}

/** A rectangle in pixels; may be fractional. Pixel (i, j) covers [i, i+1) × [j, j+1). */
export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** "flatten": blend over white, as the picture is seen on a page. "drop": keep the colours behind it, as Pillow's convert("RGB"). */
export type AlphaRule = "flatten" | "drop";

/** An empty (black, transparent) picture. */
export const newImage = (width: number, height: number, channels: Image["channels"]): Image => ({
  data: new Uint8ClampedArray(width * height * channels),
  width,
  height,
  channels,
});

type Unchecked<T> = Partial<Omit<T, "data">> & { readonly data?: unknown };

/** The picture with its channels named; shares the bytes. Throws E_INPUT_SHAPE when they do not fill width × height. */
export function asImage(image: ImageLike, where: string): Image {
  // Whoever writes JavaScript may pass null.
  const { data, width = NaN, height = NaN, channels = 4 } = Object(image) as Unchecked<ImageLike>;
  if (!(data instanceof Uint8ClampedArray || data instanceof Uint8Array)) {
    const hint = "a picture is { data, width, height, channels }; readImage makes one from a file";
    const facts = { where, expected: "data as a Uint8ClampedArray of sRGB bytes", hint };
    throw new GradCamError("E_INPUT_SHAPE", { ...facts, ...given(data ?? image) });
  }
  if (![1, 3, 4].includes(channels)) {
    throw new GradCamError("E_INPUT_SHAPE", { where, expected: "1, 3 or 4 channels", got: String(channels) });
  }
  checkSize(width, height, where);
  checkLength(data.length, [height, width, channels], where);
  const bytes =
    data instanceof Uint8ClampedArray ? data : new Uint8ClampedArray(data.buffer, data.byteOffset, data.length);
  return { data: bytes, width, height, channels };
}

/** Throws E_INPUT_SHAPE when a map is not width × height floats, E_NONFINITE for NaN and infinities when `finite` is set. */
export function checkMap(map: Map2D, where: string, finite = false): void {
  const { data } = Object(map) as Unchecked<Map2D>;
  if (!(data instanceof Float32Array)) {
    const expected = "map data as a Float32Array";
    throw new GradCamError("E_INPUT_SHAPE", { where, expected, ...given(data ?? map) });
  }
  checkSize(map.width, map.height, where);
  checkLength(map.data.length, [map.height, map.width], where);
  if (finite) checkFinite(map, where);
}

function checkFinite({ data, width }: Map2D, where: string): void {
  let i = 0;
  while (i < data.length && Number.isFinite(data[i])) i++;
  if (i === data.length) return;
  throw new GradCamError("E_NONFINITE", {
    where,
    expected: "a map of finite numbers",
    got: `${data[i]} at x ${i % width}, y ${Math.floor(i / width)}`,
    hint: "the model or its input produced it: check the weights and the preprocessing",
  });
}

/** Throws E_INPUT_SHAPE unless both are positive integers. */
export function checkSize(width: number, height: number, where: string): void {
  if (Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0) return;
  throw new GradCamError("E_INPUT_SHAPE", {
    where,
    expected: "a positive whole width and height",
    got: `${width}×${height}`,
  });
}

/** A picture of three channels: gray is repeated, alpha flattened onto white or dropped. Shares the bytes of an RGB picture. */
export function toRgb(image: Image, alpha: AlphaRule = "flatten"): Image {
  const { data: source, channels } = image;
  if (channels === 3) return image;
  const rgb = newImage(image.width, image.height, 3);
  for (let from = 0, to = 0; from < source.length; from += channels, to += 3) {
    for (let c = 0; c < 3; c++) {
      if (channels === 1) rgb.data[to + c] = source[from]!;
      else if (alpha === "drop") rgb.data[to + c] = source[from + c]!;
      else rgb.data[to + c] = overWhite(source[from + c]!, source[from + 3]!);
    }
  }
  return rgb;
}

/** round((colour·alpha + 255·(255 − alpha)) / 255). */
const overWhite = (colour: number, alpha: number): number => Math.round((colour * alpha) / 255 + 255 - alpha);

function checkLength(got: number, shape: readonly number[], where: string): void {
  const expected = shape.reduce((product, size) => product * size, 1);
  if (got === expected) return;
  throw new GradCamError("E_INPUT_SHAPE", {
    where,
    expected: `${expected} values (${shape.join(" × ")}: height, width${shape.length > 2 ? ", channels" : ""})`,
    got: String(got),
    hint:
      got === 0 ? "the buffer is empty: it may have been transferred to a worker" : "check width, height and channels",
  });
}
