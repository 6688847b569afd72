/** Y = Aᵀ·M·A: the 36 products of a tile become 4×4 outputs, columns first, then rows, a run of filters at a time. */
import { clamp } from "../lib/simd";
import { loadUpTo4, storeUpTo4 } from "../lib/tail";
import { ConvGeometry } from "./geometry";
import { RUN, RUN_BYTES, TILE_LINE_BYTES, WinogradJob } from "./winograd-job";
import { firstOutput, fourthOutput, secondOutput, STEP, thirdOutput, TILE } from "./winograd-points";

/** The tile whose first output is (row, col) of picture n, where it exists: filters filter…filter+count−1, those of M. */
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
  let m = job.m + <usize>tile * job.mBytes;
  for (; count > 0; count -= RUN) {
    outputRun(job, g, m, n, row, col, filter, min(RUN, count));
    filter += RUN;
    m += RUN_BYTES;
  }
}

/** `count` ≤ RUN filters from `filter` on, whose products begin at m. */
function outputRun(
  job: WinogradJob,
  g: ConvGeometry,
  m: usize,
  n: i32,
  row: i32,
  col: i32,
  filter: i32,
  count: i32,
): void {
  const bytes = <usize>((count + 3) & ~3) << 2;
  const whole = <usize>(count & ~3) << 2;
  for (let column: usize = 0; column < TILE; column++) {
    const to = job.lines + column * RUN_BYTES;
    winogradOutputColumn(m + column * job.mPointBytes, TILE * job.mPointBytes, job.constants, to, bytes);
  }
  const rows = min(STEP, g.outH - row);
  const cols = min(STEP, g.outW - col);
  const pixelBytes = <usize>g.outC << 2;
  let at = (<usize>((n * g.outH + row) * g.outW + col) * <usize>g.outC + <usize>filter) << 2;
  const bias = job.bias ? job.bias + (<usize>filter << 2) : job.zeros;
  let line = job.lines;
  for (let i = 0; i < rows; i++) {
    addressOutputs(job, at, pixelBytes, cols);
    winogradOutputRow(line, job.constants, bias, job.outputs, whole, job.low, job.high);
    if (count & 3) outputRest(job, line + whole, at + whole, pixelBytes, bias + whole, cols, count & 3);
    line += TILE_LINE_BYTES;
    at += <usize>g.outW * pixelBytes;
  }
}

/** Where four outputs go from y + at on, and what is added to them; those that do not exist go to waste. */
function addressOutputs(job: WinogradJob, at: usize, pixelBytes: usize, cols: i32): void {
  for (let i: usize = 0; i < <usize>STEP; i++) {
    const exists = i < <usize>cols;
    store<u32>(job.outputs + (i << 2), <u32>(exists ? job.y + at : job.staged));
    const added = exists ? job.residual + at : job.zeros;
    store<u32>(job.outputs + (i << 2), <u32>(job.residual ? added : 0), 16);
    at += pixelBytes;
  }
}

/** The last `left` < 4 filters of four pixels, by way of whole vectors: outputs, residual and bias one after the other. */
function outputRest(
  job: WinogradJob,
  line: usize,
  at: usize,
  pixelBytes: usize,
  bias: usize,
  cols: i32,
  left: i32,
): void {
  const staged = job.staged;
  v128.store(staged, loadUpTo4(bias, left), 128);
  for (let i: usize = 0; i < <usize>STEP; i++) {
    const residual = job.residual && i < <usize>cols ? job.residual + at + i * pixelBytes : job.zeros;
    v128.store(staged + (i << 4), loadUpTo4(residual, left), 64);
    store<u32>(job.outputs + (i << 2), <u32>(staged + (i << 4)));
    store<u32>(job.outputs + (i << 2), <u32>(staged + (i << 4) + 64), 16);
  }
  winogradOutputRow(line, job.constants, staged + 128, job.outputs, 16, job.low, job.high);
  for (let i: usize = 0; i < <usize>cols; i++) {
    storeUpTo4(job.y + at + i * pixelBytes, v128.load(staged + (i << 4)), left);
  }
}

/** One column of M, `bytes` of filters: its six points lie rowBytes apart; four lines at `to`, TILE_LINE_BYTES apart. */
export function winogradOutputColumn(m: usize, rowBytes: usize, constants: usize, to: usize, bytes: usize): void {
  let m1 = m + rowBytes;
  let m2 = m1 + rowBytes;
  let m3 = m2 + rowBytes;
  let m4 = m3 + rowBytes;
  let m5 = m4 + rowBytes;
  for (const end = to + bytes; to < end; to += 16) {
    const p = f32x4.add(v128.load(m1), v128.load(m2));
    const q = f32x4.sub(v128.load(m1), v128.load(m2));
    const r = f32x4.add(v128.load(m3), v128.load(m4));
    const s = f32x4.sub(v128.load(m3), v128.load(m4));
    v128.store(to, firstOutput(v128.load(m), p, r, constants));
    v128.store(to, secondOutput(q, s, constants), TILE_LINE_BYTES);
    v128.store(to, thirdOutput(p, r, constants), 2 * TILE_LINE_BYTES);
    v128.store(to, fourthOutput(v128.load(m5), q, s, constants), 3 * TILE_LINE_BYTES);
    m += 16;
    m1 += 16;
    m2 += 16;
    m3 += 16;
    m4 += 16;
    m5 += 16;
  }
}

/**
 * One row of lines, `bytes` of filters: four pixels of y = clamp((sum + residual) + bias), in this order as everywhere
 * (gemm/epilogue.ts). `outputs` holds the addresses of the pixels, then those of the residual's.
 */
export function winogradOutputRow(
  line: usize,
  constants: usize,
  bias: usize,
  outputs: usize,
  bytes: usize,
  low: f32,
  high: f32,
): void {
  const lows = f32x4.splat(low);
  const highs = f32x4.splat(high);
  const y0 = <usize>load<u32>(outputs);
  const y1 = <usize>load<u32>(outputs, 4);
  const y2 = <usize>load<u32>(outputs, 8);
  const y3 = <usize>load<u32>(outputs, 12);
  const r0 = <usize>load<u32>(outputs, 16);
  for (let at: usize = 0; at < bytes; at += 16) {
    const p = f32x4.add(v128.load(line, RUN_BYTES), v128.load(line, 2 * RUN_BYTES));
    const q = f32x4.sub(v128.load(line, RUN_BYTES), v128.load(line, 2 * RUN_BYTES));
    const r = f32x4.add(v128.load(line, 3 * RUN_BYTES), v128.load(line, 4 * RUN_BYTES));
    const s = f32x4.sub(v128.load(line, 3 * RUN_BYTES), v128.load(line, 4 * RUN_BYTES));
    let first = firstOutput(v128.load(line), p, r, constants);
    let second = secondOutput(q, s, constants);
    let third = thirdOutput(p, r, constants);
    let fourth = fourthOutput(v128.load(line, 5 * RUN_BYTES), q, s, constants);
    if (r0) {
      first = f32x4.add(first, v128.load(r0 + at));
      second = f32x4.add(second, v128.load(<usize>load<u32>(outputs, 20) + at));
      third = f32x4.add(third, v128.load(<usize>load<u32>(outputs, 24) + at));
      fourth = f32x4.add(fourth, v128.load(<usize>load<u32>(outputs, 28) + at));
    }
    const plus = v128.load(bias + at);
    v128.store(y0 + at, clamp(f32x4.add(first, plus), lows, highs));
    v128.store(y1 + at, clamp(f32x4.add(second, plus), lows, highs));
    v128.store(y2 + at, clamp(f32x4.add(third, plus), lows, highs));
    v128.store(y3 + at, clamp(f32x4.add(fourth, plus), lows, highs));
    line += 16;
  }
}
