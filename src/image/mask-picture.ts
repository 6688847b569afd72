/** The part of a picture that a map is about. */
import { GradCamError } from "../errors.ts";
import { asImage, checkMap, type Image, type ImageLike, type Map2D, newImage, toRgb } from "./image.ts";
import { resizeMap } from "./resize-map.ts";

/** What a mask keeps. */
export interface MaskOptions {
  /** Pixels whose value is at least this fraction of the maximum are shown; without it every pixel by its value. */
  threshold?: number;
  /** How much is left of the rest, 0 … 1; 0 by default, 0.15 with a threshold. */
  rest?: number;
}

/**
 * pixel·(rest + (1 − rest)·v): an RGB picture in which only what the map marks can be seen. v is the map's value, clipped to
 * [0, 1], or with a threshold 1 above and 0 below. A map of another size is resized as in `overlay`.
 */
export function maskPicture(source: ImageLike, map: Map2D, { threshold, rest }: MaskOptions = {}): Image {
  const image = toRgb(asImage(source, "maskPicture"));
  checkMap(map, "maskPicture", true);
  const floor = rest ?? (threshold === undefined ? 0 : 0.15);
  for (const [name, value] of Object.entries({ threshold: threshold ?? 1, rest: floor })) {
    if (value >= 0 && value <= 1) continue;
    const where = `maskPicture: ${name}`;
    throw new GradCamError("E_INPUT_VALUE", { where, expected: "a number from 0 to 1", got: String(value) });
  }
  const values = resizeMap(map, image.width, image.height).data;
  const level = threshold === undefined ? undefined : threshold * values.reduce((top, v) => Math.max(top, v), 0);
  const result = newImage(image.width, image.height, 3);
  values.forEach((v, i) => {
    const shown = level === undefined ? Math.min(1, Math.max(0, v)) : Number(v >= level && v > 0);
    const share = floor + (1 - floor) * shown;
    for (let c = i * 3; c < i * 3 + 3; c++) result.data[c] = image.data[c]! * share;
  });
  return result;
}
