/** Y = Aᵀ·M·A: the 36 products of a tile become 4×4 outputs, columns first, then rows, a run of filters at a time. */
import { clamp, TURBO } from "../lib/simd";
import { loadUpTo4, storeUpTo4 } from "../lib/tail";
import { ConvGeometry } from "./geometry";
import { RUN, RUN_BYTES, TILE_LINE_BYTES, WinogradJob } from "./winograd-job";
import { firstOutput, fourthOutput, secondOutput, STEP, storePair, thirdOutput, TILE } from "./winograd-points";

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
  if (TURBO) {
    for (const end = to + (bytes & ~31); to < end; to += 32) {
      const p = f32x4.add(v128.load(m1), v128.load(m2));
      const q = f32x4.sub(v128.load(m1), v128.load(m2));
      const r = f32x4.add(v128.load(m3), v128.load(m4));
      const s = f32x4.sub(v128.load(m3), v128.load(m4));
      const first = v128.load(m);
      const last = v128.load(m5);
      const p2 = f32x4.add(v128.load(m1, 16), v128.load(m2, 16));
      const q2 = f32x4.sub(v128.load(m1, 16), v128.load(m2, 16));
      const r2 = f32x4.add(v128.load(m3, 16), v128.load(m4, 16));
      const s2 = f32x4.sub(v128.load(m3, 16), v128.load(m4, 16));
      const first2 = v128.load(m, 16);
      const last2 = v128.load(m5, 16);
      storePair(to, firstOutput(first, p, r, constants), firstOutput(first2, p2, r2, constants));
      storePair(to + TILE_LINE_BYTES, secondOutput(q, s, constants), secondOutput(q2, s2, constants));
      storePair(to + 2 * TILE_LINE_BYTES, thirdOutput(p, r, constants), thirdOutput(p2, r2, constants));
      storePair(to + 3 * TILE_LINE_BYTES, fourthOutput(last, q, s, constants), fourthOutput(last2, q2, s2, constants));
      m += 32;
      m1 += 32;
      m2 += 32;
      m3 += 32;
      m4 += 32;
      m5 += 32;
    }
    if (!(bytes & 16)) return;
    bytes = 16;
  }
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
  let at: usize = 0;
  if (TURBO) {
    const r1 = <usize>load<u32>(outputs, 20);
    const r2 = <usize>load<u32>(outputs, 24);
    const r3 = <usize>load<u32>(outputs, 28);
    for (const pairs = bytes & ~31; at < pairs; at += 32) {
      const m0 = v128.load(line);
      const n0 = v128.load(line, 16);
      const m5 = v128.load(line, 5 * RUN_BYTES);
      const n5 = v128.load(line, 5 * RUN_BYTES + 16);
      const p = f32x4.add(v128.load(line, RUN_BYTES), v128.load(line, 2 * RUN_BYTES));
      const q = f32x4.sub(v128.load(line, RUN_BYTES), v128.load(line, 2 * RUN_BYTES));
      const t = f32x4.add(v128.load(line, 3 * RUN_BYTES), v128.load(line, 4 * RUN_BYTES));
      const s = f32x4.sub(v128.load(line, 3 * RUN_BYTES), v128.load(line, 4 * RUN_BYTES));
      const p2 = f32x4.add(v128.load(line, RUN_BYTES + 16), v128.load(line, 2 * RUN_BYTES + 16));
      const q2 = f32x4.sub(v128.load(line, RUN_BYTES + 16), v128.load(line, 2 * RUN_BYTES + 16));
      const t2 = f32x4.add(v128.load(line, 3 * RUN_BYTES + 16), v128.load(line, 4 * RUN_BYTES + 16));
      const s2 = f32x4.sub(v128.load(line, 3 * RUN_BYTES + 16), v128.load(line, 4 * RUN_BYTES + 16));
      const plus = v128.load(bias + at);
      const plus2 = v128.load(bias + at, 16);
      let a = firstOutput(m0, p, t, constants);
      let a2 = firstOutput(n0, p2, t2, constants);
      let b = secondOutput(q, s, constants);
      let b2 = secondOutput(q2, s2, constants);
      let c = thirdOutput(p, t, constants);
      let c2 = thirdOutput(p2, t2, constants);
      let d = fourthOutput(m5, q, s, constants);
      let d2 = fourthOutput(n5, q2, s2, constants);
      if (r0) {
        a = f32x4.add(a, v128.load(r0 + at));
        a2 = f32x4.add(a2, v128.load(r0 + at, 16));
        b = f32x4.add(b, v128.load(r1 + at));
        b2 = f32x4.add(b2, v128.load(r1 + at, 16));
        c = f32x4.add(c, v128.load(r2 + at));
        c2 = f32x4.add(c2, v128.load(r2 + at, 16));
        d = f32x4.add(d, v128.load(r3 + at));
        d2 = f32x4.add(d2, v128.load(r3 + at, 16));
      }
      storePair(y0 + at, clamp(f32x4.add(a, plus), lows, highs), clamp(f32x4.add(a2, plus2), lows, highs));
      storePair(y1 + at, clamp(f32x4.add(b, plus), lows, highs), clamp(f32x4.add(b2, plus2), lows, highs));
      storePair(y2 + at, clamp(f32x4.add(c, plus), lows, highs), clamp(f32x4.add(c2, plus2), lows, highs));
      storePair(y3 + at, clamp(f32x4.add(d, plus), lows, highs), clamp(f32x4.add(d2, plus2), lows, highs));
      line += 32;
    }
  }
  for (; at < bytes; at += 16) {
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
