/** Y = Aᵀ·M·A: the 36 products of a tile become 4×4 outputs, columns first, then rows, a run of filters at a time. */
import { clamp } from "../lib/simd";
import { loadUpTo4, storeUpTo4 } from "../lib/tail";
import { ConvGeometry } from "./geometry";
import { RUN_BYTES, TILE_LINE_BYTES, WinogradJob } from "./winograd-job";
import { STEP, TILE, transformOutput } from "./winograd-points";

/** Filters filter…filter+count−1 (at most RUN) of the tile whose first output is (row, col) of picture n, where it exists. */
export function outputTile(
  job: WinogradJob,
  g: ConvGeometry,
  n: i32,
  row: i32,
  col: i32,
  tile: i32,
  filter: i32,
  count: i32,
): void {
  const m = job.m + <usize>tile * job.mBytes;
  const bytes = <usize>((count + 3) & ~3) << 2;
  for (let column: usize = 0; column < TILE; column++) {
    const to = job.lines + column * RUN_BYTES;
    winogradOutputColumn(m + column * job.mPointBytes, TILE * job.mPointBytes, job.constants, to, bytes);
  }
  const rows = min(STEP, g.outH - row);
  const cols = min(STEP, g.outW - col);
  for (let i = 0; i < rows; i++) {
    winogradOutputRow(job.lines + <usize>i * TILE_LINE_BYTES, job.constants, job.staged, bytes);
    const pixel = (<usize>((n * g.outH + row + i) * g.outW + col) * <usize>g.outC + <usize>filter) << 2;
    finishRow(job, pixel, <usize>g.outC << 2, <usize>filter << 2, cols, count);
  }
}

/** `cols` pixels of y = clamp((sum + residual) + bias), `count` filters each, from y + at on, pixelBytes apart. */
function finishRow(job: WinogradJob, at: usize, pixelBytes: usize, filterBytes: usize, cols: i32, count: i32): void {
  const bias = job.bias ? job.bias + filterBytes : job.zeros;
  let sums = job.staged;
  for (const end = at + <usize>cols * pixelBytes; at < end; at += pixelBytes) {
    winogradFinishPixel(sums, job.residual ? job.residual + at : job.zeros, bias, job.y + at, count, job.low, job.high);
    sums += RUN_BYTES;
  }
}

/** One column of M, `bytes` of filters: its six points lie rowBytes apart; four lines at `to`, TILE_LINE_BYTES apart. */
export function winogradOutputColumn(m: usize, rowBytes: usize, constants: usize, to: usize, bytes: usize): void {
  for (const end = to + bytes; to < end; to += 16) {
    transformOutput(
      v128.load(m),
      v128.load(m + rowBytes),
      v128.load(m + 2 * rowBytes),
      v128.load(m + 3 * rowBytes),
      v128.load(m + 4 * rowBytes),
      v128.load(m + 5 * rowBytes),
      constants,
      to,
      TILE_LINE_BYTES,
    );
    m += 16;
  }
}

/** One row of lines: four pixels at `to`, RUN_BYTES apart. */
export function winogradOutputRow(line: usize, constants: usize, to: usize, bytes: usize): void {
  for (const end = to + bytes; to < end; to += 16) {
    transformOutput(
      v128.load(line),
      v128.load(line, RUN_BYTES),
      v128.load(line, 2 * RUN_BYTES),
      v128.load(line, 3 * RUN_BYTES),
      v128.load(line, 4 * RUN_BYTES),
      v128.load(line, 5 * RUN_BYTES),
      constants,
      to,
      RUN_BYTES,
    );
    line += 16;
  }
}

/** y[0…count−1] = clamp((sum + from) + plus), in this order as everywhere (gemm/epilogue.ts). */
export function winogradFinishPixel(sum: usize, from: usize, plus: usize, y: usize, count: i32, low: f32, high: f32): void {
  const lows = f32x4.splat(low);
  const highs = f32x4.splat(high);
  for (; count >= 4; count -= 4) {
    const added = f32x4.add(f32x4.add(v128.load(sum), v128.load(from)), v128.load(plus));
    v128.store(y, clamp(added, lows, highs));
    sum += 16;
    from += 16;
    plus += 16;
    y += 16;
  }
  if (count == 0) return;
  const added = f32x4.add(f32x4.add(v128.load(sum), loadUpTo4(from, count)), loadUpTo4(plus, count));
  storeUpTo4(y, clamp(added, lows, highs), count);
}
