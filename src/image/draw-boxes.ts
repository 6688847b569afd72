/** Rectangles and their names over a picture. */
import { asImage, type Image, type ImageLike, type Rect, toRgb } from "./image.ts";
import { BLACK, type Color, frame, WHITE } from "./paint.ts";
import { drawText } from "./text.ts";

/** How boxes are drawn. */
export interface BoxDrawOptions {
  /** White by default, with a dark rim. */
  color?: Color;
  /** What is written into the box, by its number. */
  labels?: readonly string[];
  /** Of the lines, in pixels; by default a 200th of the picture's longer side, at least 2. */
  width?: number;
}

/** Height of a line of text in line widths. */
const TEXT_SIZE = 9;

/** A copy with the boxes, the first one on top. Boxes are in pixels of the picture; what lies outside is not seen. */
export function drawBoxes(source: ImageLike, boxes: readonly Rect[], options: BoxDrawOptions = {}): Image {
  const image = toRgb(asImage(source, "drawBoxes"));
  const {
    color = WHITE,
    labels = [],
    width = Math.max(2, Math.round(Math.max(image.width, image.height) / 200)),
  } = options;
  const result = { ...image, data: image.data.slice() };
  [...boxes.entries()].reverse().forEach(([i, box]) => {
    const rect = wholePixels(box);
    frame(result, grown(rect, 1), BLACK, width + 2);
    frame(result, rect, color, width);
    const label = labels[i];
    if (label === undefined) return;
    drawText(result, label, rect.x + 2 * width, rect.y + 2 * width, { color, halo: BLACK, size: TEXT_SIZE * width });
  });
  return result;
}

function wholePixels({ x, y, width, height }: Rect): Rect {
  const [left, top] = [Math.round(x), Math.round(y)];
  return { x: left, y: top, width: Math.round(x + width) - left, height: Math.round(y + height) - top };
}

const grown = ({ x, y, width, height }: Rect, by: number): Rect => ({
  x: x - by,
  y: y - by,
  width: width + 2 * by,
  height: height + 2 * by,
});
