/** Products of plain matrices: B packed beforehand (multiplyPanels) or block by block on the way (gemm). */
import { multiply } from "./multiply";
import { gather } from "../transpose";
import { packPanels } from "./pack";
import { Product, PRODUCT_BYTES } from "./product";

/** Rows of A and C per pass: their block of A (MC·KC floats) stays in half of a 512 KiB L2 cache. */
const MC = 128;
/** Steps of k packed at a time. */
const KC = 256;
/** Columns of B packed at a time: KC·NC floats are 512 KiB. */
const NC = 512;

/** Scratch for multiplyPanels. */
export function multiplyPanelsBytes(): usize {
  return PRODUCT_BYTES + MC * 4;
}

/** Scratch for gemm of these sizes. */
export function gemmBytes(m: i32, n: i32, k: i32): usize {
  return multiplyPanelsBytes() + panelBytes(n, k) + <usize>(min(m, MC) * min(k, KC)) * 4;
}

// @ts-ignore: decorator
@inline
function panelBytes(n: i32, k: i32): usize {
  return <usize>(min(k, KC) * ((min(n, NC) + 7) & ~7)) * 4;
}

/**
 * C[m, n] = clamp(residual + bias + A·B). A: rows of k floats, aBytes apart; B: panels of pack.ts;
 * bias f32[n] or 0; residual like C (may be C, to accumulate) or 0.
 */
export function multiplyPanels(
  m: i32,
  n: i32,
  k: i32,
  a: usize,
  aBytes: usize,
  panels: usize,
  bias: usize,
  residual: usize,
  c: usize,
  cBytes: usize,
  low: f32,
  high: f32,
  scratch: usize,
): void {
  const p = changetype<Product>(scratch);
  const rows = scratch + PRODUCT_BYTES;
  p.rows = rows;
  p.tapBytes = 0;
  p.taps = 1;
  p.depth = k;
  p.adjacent = 1;
  p.n = n;
  p.panels = panels;
  p.bias = bias;
  p.residualBytes = residual ? cBytes : 0;
  p.cBytes = cBytes;
  p.low = low;
  p.high = high;
  for (let row = 0; row < m; row += MC) {
    p.m = min(MC, m - row);
    for (let i = 0; i < p.m; i++) store<u32>(rows + (<usize>i << 2), <u32>(a + <usize>(row + i) * aBytes));
    p.c = c + <usize>row * cBytes;
    p.residual = residual ? residual + <usize>row * cBytes : 0;
    multiply(p);
  }
}

/**
 * C[m, n] = clamp(residual + bias + A·B) with A[i, k] at a + i·aRow + k·aColumn and B[k, j] at b + k·bRow + j·bColumn
 * (bytes; one stride of each is 4): a transposed operand is two strides swapped. bias and residual as above.
 */
export function gemm(
  m: i32,
  n: i32,
  k: i32,
  a: usize,
  aRow: usize,
  aColumn: usize,
  b: usize,
  bRow: usize,
  bColumn: usize,
  bias: usize,
  residual: usize,
  c: usize,
  cBytes: usize,
  low: f32,
  high: f32,
  scratch: usize,
): void {
  const panels = scratch + multiplyPanelsBytes();
  const block = panels + panelBytes(n, k);
  for (let column = 0; column < n; column += NC) {
    const columns = min(NC, n - column);
    const offset = <usize>column << 2;
    for (let begin = 0; begin < k; begin += KC) {
      const steps = min(KC, k - begin);
      const last = begin + steps == k;
      packPanels(b + <usize>begin * bRow + <usize>column * bColumn, steps, columns, bRow, bColumn, panels);
      for (let row = 0; row < m; row += MC) {
        const rows = min(MC, m - row);
        const target = c + <usize>row * cBytes + offset;
        let source = a + <usize>row * aRow + <usize>begin * aColumn;
        if (aColumn != 4) {
          gather(source, block, rows, steps, 1, <i32>(aColumn >> 2));
          source = block;
        }
        multiplyPanels(
          rows,
          columns,
          steps,
          source,
          aColumn == 4 ? aRow : <usize>steps << 2,
          panels,
          bias && begin == 0 ? bias + offset : 0,
          begin > 0 ? target : residual ? residual + <usize>row * cBytes + offset : 0,
          target,
          cBytes,
          last ? low : -f32.POSITIVE_INFINITY,
          last ? high : f32.POSITIVE_INFINITY,
          scratch,
        );
      }
    }
  }
}
