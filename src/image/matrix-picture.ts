/** A map on its own, in colours: as a matrix of square cells, or pixel by pixel. */
import { colorize, type ColormapName } from "./colormap.ts";
import { checkMap, checkSize, type Image, type Map2D } from "./image.ts";
import { resizeImage } from "./resize-image.ts";

export interface MatrixPictureOptions {
  /** Side of a cell in pixels. Default: the largest that keeps the picture within 512 pixels, at least 1. */
  cell?: number;
  /** "viridis" by default. */
  colormap?: ColormapName;
}

const DEFAULT_SIDE = 512;

/**
 * The cells of matplotlib's `matshow`, without axes: v ↦ (v − min) / (max − min) in f32, then the colour table.
 * A constant map has the table's first colour; NaN cells are black and do not count for min and max.
 */
export function matrixPicture(map: Map2D, options: MatrixPictureOptions = {}): Image {
  checkMap(map, "matrixPicture");
  const { cell = Math.max(1, Math.floor(DEFAULT_SIDE / Math.max(map.width, map.height))), colormap = "viridis" } =
    options;
  checkSize(cell, cell, "matrixPicture: cell");
  const cells = colorize(spread(map), colormap);
  return resizeImage(cells, { width: map.width * cell, height: map.height * cell, filter: "nearest" });
}

/** How a map is coloured. */
export interface HeatPictureOptions {
  /** "turbo" by default; "rdbu-r" for signed maps. */
  colormap?: ColormapName;
  /** Values reach from −1 to 1; 0 is the middle of the table. */
  signed?: boolean;
}

/** A map of values in [0, 1] in colours, at its own size; nothing is stretched. */
export function heatPicture(map: Map2D, { signed = false, colormap }: HeatPictureOptions = {}): Image {
  checkMap(map, "heatPicture");
  if (!signed) return colorize(map, colormap ?? "turbo");
  return colorize({ ...map, data: map.data.map((value) => (value + 1) / 2) }, colormap ?? "rdbu-r");
}

/** Linear to 0 … 1, each step rounded to f32 as numpy does. */
function spread(map: Map2D): Map2D {
  let [min, max] = [Infinity, -Infinity];
  for (const value of map.data) {
    if (value < min) min = value;
    if (value > max) max = value;
  }
  const range = Math.fround(max - min);
  const data = map.data.map((value) => (range === 0 ? value - min : Math.fround(value - min) / range));
  return { ...map, data };
}
