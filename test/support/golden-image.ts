/** Reads test/golden/image: raw arrays, their JSON indexes, and the source pictures as pixels. */
import { readFileSync } from "node:fs";
import sharp from "sharp";
import type { Image, Map2D } from "../../src/image/image.ts";

const root = new URL("../golden/image/", import.meta.url);

export const goldenBytes = (file: string): Uint8Array => new Uint8Array(readFileSync(new URL(file, root)));

export const goldenFloats = (file: string): Float32Array => new Float32Array(goldenBytes(file).buffer);

export const goldenJson = (file: string): unknown => JSON.parse(readFileSync(new URL(file, root), "utf8"));

/** A map stored as f32 with the shape of its index entry. */
export function goldenMap(file: string, [height, width]: readonly number[]): Map2D {
  return { data: goldenFloats(file), width: width!, height: height! };
}

/** Pixels of a PNG under src/, in the channels asked for. */
export async function goldenPicture(name: string, channels: 1 | 3 | 4 = 3): Promise<Image> {
  const file = sharp(goldenBytes(`src/${name}.png`));
  const { data, info } = await (channels === 4 ? file.ensureAlpha() : file.removeAlpha())
    .raw()
    .toBuffer({ resolveWithObject: true });
  const rgb: Image = {
    data: new Uint8ClampedArray(data),
    width: info.width,
    height: info.height,
    channels: channels === 4 ? 4 : 3,
  };
  return channels === 1 ? luminance(rgb) : rgb;
}

/** Pillow's convert("L"), written independently of src/: (19595 R + 38470 G + 7471 B + 2¹⁵) >> 16. */
function luminance({ data, width, height }: Image): Image {
  const gray = new Uint8ClampedArray(width * height);
  for (let i = 0; i < gray.length; i++) {
    gray[i] = (19595 * data[3 * i]! + 38470 * data[3 * i + 1]! + 7471 * data[3 * i + 2]! + 0x8000) >> 16;
  }
  return { data: gray, width, height, channels: 1 };
}

export interface Difference {
  max: number;
  mean: number;
  /** How many values differ at all. */
  count: number;
}

/** Absolute differences of two arrays of equal length. */
export function difference(a: ArrayLike<number>, b: ArrayLike<number>): Difference {
  if (a.length !== b.length) throw new Error(`lengths ${a.length} and ${b.length}`);
  let [max, sum, count] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const d = Math.abs(a[i]! - b[i]!);
    if (!(d <= max)) max = d;
    if (d !== 0) count++;
    sum += d;
  }
  return { max, mean: sum / a.length, count };
}
