/** Lines of equal value over a picture. */
import { GradCamError } from "../errors.ts";
import { asImage, checkMap, type Image, type ImageLike, type Map2D, toRgb } from "./image.ts";
import { BLACK, type Color, cover, WHITE } from "./paint.ts";
import { resizeMap } from "./resize-map.ts";

/** How contours are drawn. */
export interface ContourOptions {
  /** Values that lines are drawn at; [0.5] by default. */
  levels?: readonly number[];
  /** White by default, with a dark rim, so that lines are seen on any background. */
  color?: Color;
  /** In pixels; 2 by default. */
  width?: number;
}

/** Of the dark rim on either side. */
const RIM = 1;

/**
 * A copy with the lines v = level. A pixel's distance from a line is |v − level| / |∇v| (central differences), so lines are
 * smooth and as wide as asked for; flat regions have none. A map of another size is resized as in `overlay`.
 */
export function drawContours(source: ImageLike, map: Map2D, options: ContourOptions = {}): Image {
  const { levels = [0.5], color = WHITE, width = 2 } = options;
  const image = toRgb(asImage(source, "drawContours"));
  checkMap(map, "drawContours", true);
  if (!levels.every(Number.isFinite) || !(width > 0)) {
    const expected = "finite levels and a width above 0";
    throw new GradCamError("E_INPUT_VALUE", { where: "drawContours", expected, got: `${levels.join()}; ${width}` });
  }
  const result = { ...image, data: image.data.slice() };
  const values = resizeMap(map, image.width, image.height);
  const steepness = slopes(values);
  for (const level of levels) {
    const lines = (half: number): Map2D => ({
      ...values,
      data: values.data.map((v, i) => near(Math.abs(v - level), steepness[i]!, half)),
    });
    cover(result, lines(width / 2 + RIM), 0, 0, BLACK);
    cover(result, lines(width / 2), 0, 0, color);
  }
  return result;
}

/** 1 within `half` pixels of the line, 0 one pixel further. */
function near(difference: number, slope: number, half: number): number {
  return slope === 0 ? 0 : Math.min(1, Math.max(0, half + 0.5 - difference / slope));
}

/** |∇v| per pixel. */
function slopes({ data, width, height }: Map2D): Float32Array {
  return data.map((_, i) => {
    const x = i % width;
    const [left, right] = [data[x > 0 ? i - 1 : i]!, data[x < width - 1 ? i + 1 : i]!];
    const [up, down] = [data[i >= width ? i - width : i]!, data[i < width * (height - 1) ? i + width : i]!];
    return Math.hypot(right - left, down - up) / 2;
  });
}
