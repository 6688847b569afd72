import { load1, load4 } from "../half";
import { storeTransposed } from "../lib/simd";

/**
 * Panels of Wᵀ from the panels of W (gemm/pack.ts) for one tap of one group of a convolution, k = kH·kW·inC:
 * to[c / 8][o][c % 8] = W[(tap, firstChannel + c), o] for c < channels and outputs o < outC, panels toBytes apart.
 * firstChannel is a multiple of 8, and so is `channels` unless it ends at inC, where zeros follow.
 * W in wBytes = 4 (f32) or 2 (f16); the result is f32.
 */
export function transposePanels(
  panels: usize,
  wBytes: i32,
  k: i32,
  inC: i32,
  outC: i32,
  tap: i32,
  firstChannel: i32,
  channels: i32,
  to: usize,
  toBytes: usize,
): void {
  for (let c = firstChannel; c < firstChannel + channels; c += 8) {
    const step = tap * inC + c;
    if (wBytes == 4) transposeStep<f32>(panels, k, step, min(8, inC - c), outC, to);
    else transposeStep<u16>(panels, k, step, min(8, inC - c), outC, to);
    to += toBytes;
  }
}

/** `rows` ≤ 8 steps of k from `step` on, all outputs: to[o][row]. Eight by eight, contiguous here and there. */
function transposeStep<T>(panels: usize, k: i32, step: i32, rows: i32, outC: i32, to: usize): void {
  let from = panels + <usize>(step * 8) * sizeof<T>();
  for (let o = 0; o < outC; o += 8) {
    const columns = min(8, outC - o);
    if (rows == 8 && columns == 8) transposeBlock<T>(from, to);
    else transposeEdge<T>(from, rows, columns, to);
    from += <usize>k * 8 * sizeof<T>();
    to += 256;
  }
}

function transposeBlock<T>(from: usize, to: usize): void {
  const row = 8 * sizeof<T>();
  for (let half: usize = 0; half < 2; half++) {
    const a = from + half * 4 * sizeof<T>();
    const b = a + 4 * row;
    const target = to + (half << 7);
    storeTransposed(load4<T>(a), load4<T>(a + row), load4<T>(a + 2 * row), load4<T>(a + 3 * row), target, 32);
    storeTransposed(load4<T>(b), load4<T>(b + row), load4<T>(b + 2 * row), load4<T>(b + 3 * row), target + 16, 32);
  }
}

function transposeEdge<T>(from: usize, rows: i32, columns: i32, to: usize): void {
  for (let column: usize = 0; column < <usize>columns; column++) {
    for (let row: usize = 0; row < 8; row++) {
      const value = row < <usize>rows ? load1<T>(from + (row * 8 + column) * sizeof<T>()) : 0;
      store<f32>(to + (column << 5) + (row << 2), value);
    }
  }
}

/**
 * to[row / 8][step][row % 8] = panels[step / 8][row][step % 8] for rows firstRow…firstRow+count−1 of each of `panels` f32
 * panels, `rows` rows long: firstRow and `count` are multiples of 4, zeros follow up to a multiple of 8.
 * to has `depth` steps, a multiple of 4. Reads runs of each panel in the order of memory.
 */
export function transposePanelRows(
  from: usize,
  rows: i32,
  panels: i32,
  firstRow: i32,
  count: i32,
  depth: i32,
  to: usize,
): void {
  const toBytes = <usize>depth << 5;
  from += <usize>firstRow << 5;
  for (let panel = 0; panel < panels; panel++) {
    const steps = min(8, depth - 8 * panel);
    const at = from + ((<usize>panel * <usize>rows) << 5);
    if (panel + 2 < panels) {
      // The beginning of what comes after the next one, so that a CPU goes on fetching it meanwhile.
      const ahead = at + ((<usize>rows) << 6);
      load<i32>(ahead);
      load<i32>(ahead, 64);
    }
    transposeRows(at, count, steps, to + (<usize>panel << 8), toBytes);
  }
}

/** Four by four: rows of eight floats from `from` on become columns of panels toBytes apart, of which `steps` (4 or 8) rows count. */
export function transposeRows(from: usize, count: i32, steps: i32, to: usize, toBytes: usize): void {
  let target = to;
  for (let row = 0; row < count; row += 4) {
    storeTransposed(v128.load(from), v128.load(from, 32), v128.load(from, 64), v128.load(from, 96), target, 32);
    if (steps > 4) {
      const t = target + 128;
      storeTransposed(v128.load(from, 16), v128.load(from, 48), v128.load(from, 80), v128.load(from, 112), t, 32);
    }
    from += 128;
    target += row & 4 ? toBytes - 16 : 16;
  }
  if (!(count & 4)) return;
  for (const end = target + (<usize>steps << 5); target < end; target += 32) v128.store(target, f32x4.splat(0));
}
