/**
 * A map in colours over its picture: enlarged by half-pixel bilinear interpolation, as `overlay` paints it. Where the map
 * is 0 nothing is painted; opacity is left to the page, so that moving the slider paints nothing again.
 */
import type { PagePicture } from "../report/page-data.ts";

/** A map and how it is to be read. */
export interface Grid {
  readonly values: Float32Array;
  readonly width: number;
  readonly height: number;
  readonly sign: "positive" | "negative" | "signed";
}

/** The map value from which colours are opaque: the default of `overlay`. */
const FADE = 0.3;

/** Positive is red and negative blue, both told apart in any kind of colour vision. */
const FOR = [178, 24, 43] as const;
const AGAINST = [33, 102, 172] as const;

/** max(0, ±v) / max, or v / max|v|; 0 where there is nothing to show. */
function shownValues({ values, sign }: Grid): Float32Array {
  const directed = values.map((value) =>
    sign === "signed" ? value : Math.max(0, sign === "negative" ? -value : value),
  );
  const top = directed.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return directed.map((value) => (top > 0 ? value / top : 0));
}

/** RGBA pixels of width × height. */
export function heatPixels(
  grid: Grid,
  table: Uint8Array,
  window: PagePicture["window"],
  width: number,
  height: number,
): Uint8ClampedArray<ArrayBuffer> {
  const shown = shownValues(grid);
  const columns = samples(grid.width, width, window.x, window.width);
  const rows = samples(grid.height, height, window.y, window.height);
  const pixels = new Uint8ClampedArray(width * height * 4);
  rows.forEach(([top, bottom, down], y) => {
    columns.forEach(([left, right, across], x) => {
      if (Number.isNaN(down + across)) return;
      const [upper, lower] = [top * grid.width, bottom * grid.width];
      const above = shown[upper + left]! * (1 - across) + shown[upper + right]! * across;
      const below = shown[lower + left]! * (1 - across) + shown[lower + right]! * across;
      paint(pixels, (y * width + x) * 4, above * (1 - down) + below * down, grid.sign, table);
    });
  });
  return pixels;
}

function paint(pixels: Uint8ClampedArray, at: number, value: number, sign: Grid["sign"], table: Uint8Array): void {
  const strength = Math.abs(value);
  const row = Math.min(255, Math.floor(strength * 256)) * 3;
  const color = sign === "signed" ? (value > 0 ? FOR : AGAINST) : table.subarray(row, row + 3);
  const t = Math.min(1, strength / (sign === "signed" ? 1 : FADE));
  pixels.set(color, at);
  pixels[at + 3] = 255 * t * t * (3 - 2 * t);
}

/** For every pixel the two cells it lies between and how far it is from the first; NaN outside of the window. */
function samples(cells: number, pixels: number, start: number, size: number): [number, number, number][] {
  return Array.from({ length: pixels }, (_, pixel) => {
    const place = ((pixel + 0.5) / pixels - start) / size;
    const at = Math.min(cells - 1, Math.max(0, place * cells - 0.5));
    const first = Math.floor(at);
    return [first, Math.min(cells - 1, first + 1), place < 0 || place > 1 ? NaN : at - first];
  });
}

/** 256 × 1 pixels of what the colours mean, least to most. */
export function scalePixels(sign: Grid["sign"], table: Uint8Array): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(256 * 4);
  for (let i = 0; i < 256; i++) {
    if (sign === "signed") paint(pixels, i * 4, (i - 127.5) / 127.5, sign, table);
    else pixels.set([...table.subarray(i * 3, i * 3 + 3), 255], i * 4);
  }
  return pixels;
}
