/**
 * Numbers to int8 with one scale per output channel, symmetric: s = max|w| / 127, q = round(w / s), so that 0 stays 0 and
 * the largest stays exact. A column of zeros has the scale 0.
 */
import type { Columns } from "../ops/narrow-weights.ts";

const LARGEST = 127;

/** @param values blocks of rows of columns; @param scales one per column of every block, written; @param into written */
export function quantize(
  values: Float32Array,
  { rows, columns }: Columns,
  scales: Float32Array,
  into: Int8Array,
): void {
  const size = rows * columns;
  for (let start = 0; start < values.length; start += size) {
    const block = values.subarray(start, start + size);
    const own = scales.subarray((start / size) * columns, (start / size + 1) * columns).fill(0);
    widenRange(block, columns, own);
    finishRange(own);
    roundRows(block, columns, own, into.subarray(start, start + size));
  }
}

/** largest[c] = the larger of it and |v| over column c of the rows in `values`; NaN once any of them is, as computing with them gives. */
export function widenRange(values: Float32Array, columns: number, largest: Float32Array): void {
  for (let row = 0; row < values.length; row += columns) {
    for (let c = 0; c < columns; c++) largest[c] = Math.max(largest[c]!, Math.abs(values[row + c]!));
  }
}

/** From the largest magnitude of every column to its scale. */
export function finishRange(largest: Float32Array): void {
  for (let c = 0; c < largest.length; c++) largest[c] = largest[c]! / LARGEST;
}

/** into = round(values / scales), column by column. */
export function roundRows(values: Float32Array, columns: number, scales: Float32Array, into: Int8Array): void {
  const inverse = Float64Array.from(scales, (scale) => (scale > 0 ? 1 / scale : 0));
  for (let row = 0; row < values.length; row += columns) {
    // Rounding towards +∞ at .5 differs by a step at most, and a scale rounded to f32 never makes 127 a 128: it is clamped.
    for (let c = 0; c < columns; c++) {
      const q = Math.round(values[row + c]! * inverse[c]!);
      into[row + c] = q > LARGEST ? LARGEST : q < -LARGEST ? -LARGEST : q;
    }
  }
}
