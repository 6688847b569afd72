/**
 * A figure: pictures, lines of text and rectangles at places, in pixels from the top left. It is plain data that becomes pixels
 * (`drawFigure`) or an SVG whose text stays text (`toSvg`).
 */
import { asImage, type Image, type ImageLike, toRgb } from "./image.ts";
import { blank, type Color, fill, paste } from "./paint.ts";
import { resizeImage } from "./resize-image.ts";
import { drawText } from "./text.ts";

export interface FigurePicture {
  readonly kind: "picture";
  readonly image: ImageLike;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** What it shows, for those who do not see it. */
  readonly title?: string;
}

interface FigureText {
  readonly kind: "text";
  readonly text: string;
  /** The top left corner of the line. */
  readonly x: number;
  readonly y: number;
  /** Height of the line. */
  readonly size: number;
  readonly color: Color;
}

interface FigureArea {
  readonly kind: "area";
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly color: Color;
}

/** What a figure is made of. */
export type FigureItem = FigurePicture | FigureText | FigureArea;

/** Pictures, texts and areas on a background, in pixels from its upper left corner. */
export interface Figure {
  readonly width: number;
  readonly height: number;
  readonly background: Color;
  /** Painted in this order. */
  readonly items: readonly FigureItem[];
}

/** The figure as an RGB picture. Throws E_INPUT_SHAPE when a picture's bytes do not fit its size. */
export function drawFigure({ width, height, background, items }: Figure): Image {
  const canvas = blank(width, height, background);
  for (const item of items) {
    if (item.kind === "area") fill(canvas, item, item.color);
    else if (item.kind === "text") drawText(canvas, item.text, item.x, item.y, item);
    else paste(canvas, fitted(toRgb(asImage(item.image, "figure")), item), item.x, item.y);
  }
  return canvas;
}

/** Cells of maps stay sharp when they are enlarged by a whole number. */
function fitted(image: Image, { width, height }: FigurePicture): Image {
  if (image.width === width && image.height === height) return image;
  return resizeImage(image, { width, height, filter: isWholeMultiple(image, width, height) ? "nearest" : "bicubic" });
}

export const isWholeMultiple = (image: ImageLike, width: number, height: number): boolean =>
  width % image.width === 0 && height % image.height === 0;
