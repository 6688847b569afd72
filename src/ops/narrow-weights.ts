/**
 * Weights that are held in fewer bytes than they are computed with: f16, or int8 with one scale per output channel. Kernels
 * that want f32 get a part of them widened into scratch memory.
 */
import type { Tensor } from "../wasm/memory.ts";
import type { OpContext } from "./op.ts";

/** How stored numbers lie: blocks of rows; in a block every column is an output channel with a scale of its own. */
export interface Columns {
  readonly rows: number;
  readonly columns: number;
}

/** Bytes of f32 that weights are widened into at a time. */
export const WIDENED_BYTES = 768 * 1024;

/** Writes `count` blocks from `block` on as f32 to `to`. @param w in f16 or int8 */
export function widenBlocks(
  { kernels }: OpContext,
  w: Tensor,
  { rows, columns }: Columns,
  block: number,
  count: number,
  to: number,
): void {
  const size = rows * columns;
  if (w.dtype === "f16") {
    kernels.widenF16(w.ptr + block * size * 2, to, count * size);
    return;
  }
  for (let i = 0; i < count; i++) {
    const scales = w.scales! + (block + i) * columns * 4;
    kernels.widenI8(w.ptr + (block + i) * size, columns, rows, columns, scales, to + i * size * 4);
  }
}

/** Writes rows first … first+count−1 of a single block as f32 to `to`. @param w in int8 */
export function widenRows(
  { kernels }: OpContext,
  w: Tensor,
  columns: number,
  first: number,
  count: number,
  to: number,
): void {
  kernels.widenI8(w.ptr + first * columns, columns, count, columns, w.scales!, to);
}
