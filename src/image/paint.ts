/** Marks on pictures: rectangles, other pictures, coverage. Everything paints over an RGB picture in place. */
import { type Image, type Map2D, newImage, type Rect } from "./image.ts";

/** sRGB bytes. */
export type Color = readonly [red: number, green: number, blue: number];

export const WHITE: Color = [255, 255, 255];
export const BLACK: Color = [0, 0, 0];

/** "#1a2b3c". */
export const hex = (color: Color): string => `#${color.map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;

export function blank(width: number, height: number, color: Color): Image {
  const image = newImage(width, height, 3);
  fill(image, { x: 0, y: 0, width, height }, color);
  return image;
}

/** A rectangle of whole pixels; what lies outside of the picture is left out. */
export function fill({ data, width, height }: Image, rect: Rect, color: Color): void {
  const right = Math.min(width, rect.x + rect.width);
  for (let y = Math.max(0, rect.y); y < Math.min(height, rect.y + rect.height); y++) {
    for (let x = Math.max(0, rect.x); x < right; x++) data.set(color, (y * width + x) * 3);
  }
}

/** The four sides of a rectangle, `thick` pixels wide, inside of it. */
export function frame(image: Image, { x, y, width, height }: Rect, color: Color, thick: number): void {
  fill(image, { x, y, width, height: thick }, color);
  fill(image, { x, y: y + height - thick, width, height: thick }, color);
  fill(image, { x, y, width: thick, height }, color);
  fill(image, { x: x + width - thick, y, width: thick, height }, color);
}

/** An RGB picture at (x, y), which must lie inside. */
export function paste(onto: Image, image: Image, x: number, y: number): void {
  for (let row = 0; row < image.height; row++) {
    const line = image.data.subarray(row * image.width * 3, (row + 1) * image.width * 3);
    onto.data.set(line, ((y + row) * onto.width + x) * 3);
  }
}

/** colour·c + pixel·(1 − c) for a map of coverages 0 … 1 whose top left corner is at (x, y). */
export function cover({ data, width, height }: Image, coverage: Map2D, x: number, y: number, color: Color): void {
  for (let row = Math.max(0, -y); row < Math.min(coverage.height, height - y); row++) {
    for (let column = Math.max(0, -x); column < Math.min(coverage.width, width - x); column++) {
      const share = coverage.data[row * coverage.width + column]!;
      const at = ((y + row) * width + x + column) * 3;
      for (let c = 0; c < 3 && share > 0; c++) data[at + c] = color[c]! * share + data[at + c]! * (1 - share);
    }
  }
}
