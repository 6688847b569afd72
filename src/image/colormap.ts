/** Colour tables of 256 rows, exact to the byte: matplotlib's under their own names, OpenCV's as "opencv-…". */
import { checkChoice } from "./choice.ts";
import { COLORMAP_TABLES } from "./colormap-tables.ts";
import { type Image, type Map2D, newImage } from "./image.ts";

/** The name of a colour table. */
export type ColormapName = keyof typeof COLORMAP_TABLES;

/** Every colour table. Two libraries' tables of one name differ: JET by up to 33 of 255, most others by 1. */
export const COLORMAPS = Object.keys(COLORMAP_TABLES) as readonly ColormapName[];

const NO_CHANGE = "K".charCodeAt(0);

/** The 256 × 3 RGB bytes of a table. Throws E_OPTION for an unknown name. */
export function colorTable(name: ColormapName): Uint8Array {
  checkChoice(name, COLORMAPS, "colormap");
  const [r, g, b, steps] = COLORMAP_TABLES[name];
  const table = Uint8Array.of(r, g, b, ...new Uint8Array(255 * 3));
  for (let c = 0; c < 3; c++) {
    for (let row = 1; row < 256; row++) {
      table[row * 3 + c] = table[row * 3 - 3 + c]! + steps.charCodeAt(c * 255 + row - 1) - NO_CHANGE;
    }
  }
  return table;
}

/** Row of a value in [0, 1]: min(⌊256·v⌋, 255), as matplotlib; below 0 the first, above 1 the last. */
export const colorRow = (value: number): number => Math.max(0, Math.min(255, Math.floor(value * 256)));

/** A map of values in [0, 1] in colours, one pixel per value. NaN is black, as matplotlib's "bad" colour. */
export function colorize(map: Map2D, name: ColormapName): Image {
  const table = colorTable(name);
  const result = newImage(map.width, map.height, 3);
  for (let i = 0; i < map.data.length; i++) {
    const value = map.data[i]!;
    if (Number.isNaN(value)) continue;
    const row = colorRow(value) * 3;
    for (let c = 0; c < 3; c++) result.data[i * 3 + c] = table[row + c]!;
  }
  return result;
}
