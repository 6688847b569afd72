/** Lines of text as pixels, from the font of font-table.ts: smooth at any size, and with a halo legible on any background. */
import { FONT } from "./font-table.ts";
import type { Image, Map2D } from "./image.ts";
import { type Color, cover } from "./paint.ts";
import { resizeMap } from "./resize-map.ts";

/** Pixels of the font: rows of a glyph, columns between two glyphs, columns of a space. */
const ROWS = 9;
const GAP = 1;
const SPACE = 3;

/** Empty pixels of the font around a line, for the halo. */
const MARGIN = 1;

export interface TextStyle {
  readonly color: Color;
  /** Height of a line in pixels; capitals take seven ninths of it. */
  readonly size: number;
  /** Colour of an outline around the letters. */
  readonly halo?: Color;
}

/** Width of a line in pixels. */
export const textWidth = (text: string, size: number): number =>
  Math.ceil((Math.max(0, columnsOf(text).length - GAP) * size) / ROWS);

/** The beginning of a text that is no wider than `width` pixels, with "…" if that is not all. */
export function fitText(text: string, size: number, width: number): string {
  if (textWidth(text, size) <= width) return text;
  const characters = Array.from(text);
  while (characters.length > 0 && textWidth(`${characters.join("")}…`, size) > width) characters.pop();
  return `${characters.join("").trimEnd()}…`;
}

/** Writes a line on an RGB picture; (x, y) is its top left corner. */
export function drawText(image: Image, text: string, x: number, y: number, { color, size, halo }: TextStyle): void {
  const letters = inked(text);
  const scale = size / ROWS;
  const [left, top] = [Math.round(x - MARGIN * scale), Math.round(y - MARGIN * scale)];
  if (halo) cover(image, enlarged(thickened(letters), scale), left, top, halo);
  cover(image, enlarged(letters, scale), left, top, color);
}

/** One bit mask per column, top row lowest. Accents are left out; a character that the font lacks is a "?". */
function columnsOf(text: string): number[] {
  const glyphs = FONT.columns.split(" ");
  return Array.from(text.normalize("NFD").replace(/\p{M}/gu, "")).flatMap((character) => {
    if (/\s/.test(character)) return new Array<number>(SPACE + GAP).fill(0);
    const index = FONT.characters.indexOf(character);
    const pairs = glyphs[index < 0 ? FONT.characters.indexOf("?") : index]!.match(/../g)!;
    return [...pairs.map((pair) => parseInt(pair, 32)), 0];
  });
}

/** 1 where there is ink, one value per pixel of the font. */
function inked(text: string): Map2D {
  const columns = columnsOf(text);
  const [width, height] = [columns.length + 2 * MARGIN, ROWS + 2 * MARGIN];
  const data = new Float32Array(width * height);
  columns.forEach((bits, x) => {
    for (let y = 0; y < ROWS; y++) data[(y + MARGIN) * width + x + MARGIN] = (bits >> y) & 1;
  });
  return { data, width, height };
}

/** Ink and the eight neighbours of it. */
function thickened({ data, width, height }: Map2D): Map2D {
  const near = (i: number): number => Math.max(data[i - 1] ?? 0, data[i]!, data[i + 1] ?? 0);
  const across = data.map((_, i) => near(i));
  return { data: across.map((v, i) => Math.max(v, across[i - width] ?? 0, across[i + width] ?? 0)), width, height };
}

/** Interpolated and made steep again: straight edges stay sharp, corners and diagonals become round. */
function enlarged(map: Map2D, scale: number): Map2D {
  const large = resizeMap(map, Math.round(map.width * scale), Math.round(map.height * scale));
  const steepness = Math.max(1, scale);
  return { ...large, data: large.data.map((v) => Math.min(1, Math.max(0, (v - 0.5) * steepness + 0.5))) };
}
