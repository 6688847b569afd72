/**
 * dw += Gᵀ·(Σ V·Z over tiles)·G with V = Bᵀ·d·B of the inputs and Z = A·dz·Aᵀ of the gradients of 4×4 outputs: the adjoint
 * by the kernel of what winograd.ts computes, a quarter of the multiplications of colsᵀ·dz. At each point one product of plain
 * matrices, channels × tiles by tiles × filters, for a run of filters and a block of tiles at a time; sums over tiles ascend.
 * dz = dy where gateLow < gate < gateHigh, else 0.
 */
import { gemm, gemmBytes } from "../gemm/gemm";
import { madd } from "../lib/simd";
import { loadUpTo4, storeUpTo4 } from "../lib/tail";
import { maskGradient } from "../mask-gradient";
import { ConvGeometry } from "./geometry";
import { inputTile } from "./winograd-input";
import {
  headBytes,
  layOutHead,
  oddLines,
  rowBytes,
  RUN,
  RUN_BYTES,
  TILE_LINE_BYTES,
  WinogradJob,
} from "./winograd-job";
import { POINTS, STEP, TILE } from "./winograd-points";

/** Tiles in a block: the steps of one chain of sums. */
const TILES: i32 = 40;
/** Channels and filters in a run: their sums at 36 points are as large as an L2 cache. */
const CHANNELS: i32 = 128;
const FILTERS: i32 = 128;

/** Scratch for winogradWeightGradient: V, Z and sums at 36 points, 4 MiB at most. */
export function winogradWeightGradientBytes(g: ConvGeometry): usize {
  const tiles = tilesPerBlock(g);
  const channels = min(CHANNELS, g.inC);
  const filters = min(FILTERS, g.outC);
  const operands = oddLines(<usize>tiles * rowBytes(channels)) + oddLines(<usize>tiles * rowBytes(filters));
  return headBytes(g) + POINTS * (operands + sumBytes(channels, filters)) + gemmBytes(channels, filters, tiles);
}

/**
 * For the filters firstFilter…lastFilter−1. g 3×3, strides and dilations of 1; gate like dy, or 0 for dz = dy;
 * dw f32[3][3][inC][outC].
 */
export function winogradWeightGradient(
  g: ConvGeometry,
  x: usize,
  dy: usize,
  gate: usize,
  gateLow: f32,
  gateHigh: f32,
  dw: usize,
  firstFilter: i32,
  lastFilter: i32,
  scratch: usize,
): void {
  const job = layOutHead(g, scratch);
  job.tiles = tilesPerBlock(g);
  job.v = scratch + headBytes(g);
  job.gate = 0;
  job.y = dy;
  for (let filter = firstFilter; filter < lastFilter; filter += FILTERS) {
    job.filters = min(FILTERS, lastFilter - filter);
    for (let channel = 0; channel < g.inC; channel += CHANNELS) {
      job.channels = min(CHANNELS, g.inC - channel);
      job.x = x + (<usize>channel << 2);
      const sums = sumProducts(job, g, gate, gateLow, gateHigh, filter);
      addKernels(job, g, sums, dw + (<usize>(channel * g.outC + filter) << 2));
    }
  }
}

function tilesPerBlock(g: ConvGeometry): i32 {
  const tiles = g.batch * ((g.outH + STEP - 1) / STEP) * ((g.outW + STEP - 1) / STEP);
  const blocks = (tiles + TILES - 1) / TILES;
  return (tiles + blocks - 1) / blocks;
}

/** From point to point of the sums. */
function sumBytes(channels: i32, filters: i32): usize {
  return oddLines(<usize>(channels * filters) << 2);
}

/** Σ V·Z of the job's channels and filters at all points, one block of tiles after the other; where they lie. */
function sumProducts(job: WinogradJob, g: ConvGeometry, gate: usize, gateLow: f32, gateHigh: f32, filter: i32): usize {
  job.vBytes = rowBytes(job.channels);
  job.vPointBytes = oddLines(<usize>job.tiles * job.vBytes);
  job.m = job.v + POINTS * job.vPointBytes;
  job.mBytes = rowBytes(job.filters);
  job.mPointBytes = oddLines(<usize>job.tiles * job.mBytes);
  const sums = job.m + POINTS * job.mPointBytes;
  const tiles = g.batch * job.tileRows * job.tileCols;
  for (let tile = 0; tile < tiles; tile += job.tiles) {
    const count = min(job.tiles, tiles - tile);
    transformTiles(job, g, tile, count, gate, gateLow, gateHigh, filter, job.filters);
    addProducts(job, count, sums, tile > 0);
  }
  return sums;
}

/** dw += Gᵀ·sums·G for the job's channels and filters, dw being that of the first of them. */
function addKernels(job: WinogradJob, g: ConvGeometry, sums: usize, dw: usize): void {
  const pointBytes = sumBytes(job.channels, job.filters);
  const tapBytes = <usize>(g.inC * g.outC) << 2;
  for (let channel = 0; channel < job.channels; channel++) {
    const from = sums + (<usize>(channel * job.filters) << 2);
    winogradKernelSums(from, pointBytes, dw + (<usize>(channel * g.outC) << 2), tapBytes, job.filters, job.lines);
  }
}

/** V and Z of `count` tiles from `first` on. */
function transformTiles(
  job: WinogradJob,
  g: ConvGeometry,
  first: i32,
  count: i32,
  gate: usize,
  gateLow: f32,
  gateHigh: f32,
  filter: i32,
  filters: i32,
): void {
  for (let i = 0; i < count; i++) {
    const line = (first + i) / job.tileCols;
    const n = line / job.tileRows;
    const row = STEP * (line % job.tileRows);
    const col = STEP * ((first + i) % job.tileCols);
    inputTile(job, g, n, row, col, i);
    for (let begin = 0; begin < filters; begin += RUN) {
      const run = min(RUN, filters - begin);
      const to = job.m + <usize>i * job.mBytes + (<usize>begin << 2);
      gradientTile(job, g, n, row, col, gate, gateLow, gateHigh, filter + begin, run, to);
    }
  }
}

/** Z at `to` of `count` filters of the tile whose first output is (row, col) of picture n; outputs that do not exist are 0. */
function gradientTile(
  job: WinogradJob,
  g: ConvGeometry,
  n: i32,
  row: i32,
  col: i32,
  gate: usize,
  gateLow: f32,
  gateHigh: f32,
  filter: i32,
  count: i32,
  to: usize,
): void {
  const bytes = <usize>((count + 3) & ~3) << 2;
  for (let j = 0; j < STEP; j++) {
    for (let i = 0; i < STEP; i++) {
      const staged = job.staged + <usize>i * RUN_BYTES;
      if (row + i >= g.outH || col + j >= g.outW) {
        memory.fill(staged, 0, bytes);
        continue;
      }
      const at = <usize>(((n * g.outH + row + i) * g.outW + col + j) * g.outC + filter) << 2;
      if (gate) maskGradient(job.y + at, gate + at, staged, count, gateLow, gateHigh);
      else memory.copy(staged, job.y + at, <usize>count << 2);
    }
    winogradSpread(job.staged, job.constants, job.lines + <usize>j * RUN_BYTES, TILE_LINE_BYTES, bytes);
  }
  for (let i: usize = 0; i < TILE; i++) {
    winogradSpread(job.lines + i * TILE_LINE_BYTES, job.constants, to + i * TILE * job.mPointBytes, job.mPointBytes, bytes);
  }
}

/** A·d, line by line: four inputs RUN_BYTES apart become six, toBytes apart; `bytes` of filters each. */
export function winogradSpread(from: usize, constants: usize, to: usize, toBytes: usize, bytes: usize): void {
  const rootHalf = v128.load32_splat(constants, 24);
  const half = v128.load32_splat(constants, 28);
  const rootEighth = v128.load32_splat(constants, 32);
  const root2 = v128.load32_splat(constants, 40);
  const two = v128.load32_splat(constants, 44);
  const root8 = v128.load32_splat(constants, 48);
  for (const end = from + bytes; from < end; from += 16) {
    const d0 = v128.load(from);
    const d1 = v128.load(from, RUN_BYTES);
    const d2 = v128.load(from, 2 * RUN_BYTES);
    const d3 = v128.load(from, 3 * RUN_BYTES);
    v128.store(to, d0);
    v128.store(to + 5 * toBytes, d3);
    const e = madd(d2, half, d0);
    const o = madd(d3, rootEighth, f32x4.mul(d1, rootHalf));
    v128.store(to + toBytes, f32x4.add(e, o));
    v128.store(to + 2 * toBytes, f32x4.sub(e, o));
    const p = madd(d2, two, d0);
    const q = madd(d3, root8, f32x4.mul(d1, root2));
    v128.store(to + 3 * toBytes, f32x4.add(p, q));
    v128.store(to + 4 * toBytes, f32x4.sub(p, q));
    to += 16;
  }
}

/** sums[point][channel][filter] = or += Σ V[point][tile][channel]·Z[point][tile][filter] over the tiles of a block. */
function addProducts(job: WinogradJob, tiles: i32, sums: usize, adds: bool): void {
  const filters = job.filters;
  const pointBytes = sumBytes(job.channels, filters);
  const work = sums + POINTS * pointBytes;
  for (let point: usize = 0; point < POINTS; point++) {
    const v = job.v + point * job.vPointBytes;
    const z = job.m + point * job.mPointBytes;
    const c = sums + point * pointBytes;
    gemm(
      job.channels,
      filters,
      tiles,
      v,
      4,
      job.vBytes,
      z,
      job.mBytes,
      4,
      0,
      adds ? c : 0,
      c,
      <usize>filters << 2,
      -f32.POSITIVE_INFINITY,
      f32.POSITIVE_INFINITY,
      work,
    );
  }
}

/** dw[kh, kw, 0…count−1] += (Gᵀ·U·G)[kh, kw] for one channel; U at 36 points pointBytes apart; `lines` holds 18 vectors. */
export function winogradKernelSums(u: usize, pointBytes: usize, dw: usize, tapBytes: usize, count: i32, lines: usize): void {
  for (; count > 0; count -= 4) {
    for (let j: usize = 0; j < TILE; j++) gatherColumn(u + j * pointBytes, TILE * pointBytes, lines + 16 * j, count);
    for (let kh: usize = 0; kh < 3; kh++) {
      gatherLine(lines + kh * 96, dw + 3 * kh * tapBytes, tapBytes, count);
    }
    u += 16;
    dw += 16;
  }
}

/** Gᵀ times six vectors, `bytes` apart, as three, 96 bytes apart. */
function gatherColumn(u: usize, bytes: usize, to: usize, count: i32): void {
  const m0 = loadUpTo4(u, count);
  const m1 = loadUpTo4(u + bytes, count);
  const m2 = loadUpTo4(u + 2 * bytes, count);
  const m3 = loadUpTo4(u + 3 * bytes, count);
  const m4 = loadUpTo4(u + 4 * bytes, count);
  const m5 = loadUpTo4(u + 5 * bytes, count);
  v128.store(to, firstTap(m0, f32x4.add(m1, m2), f32x4.add(m3, m4)));
  v128.store(to + 96, secondTap(f32x4.sub(m2, m1), f32x4.sub(m3, m4)));
  v128.store(to + 192, thirdTap(m5, f32x4.add(m1, m2), f32x4.add(m3, m4)));
}

/** The same of six neighbouring vectors, added to three taps. */
function gatherLine(from: usize, dw: usize, tapBytes: usize, count: i32): void {
  const m1 = v128.load(from, 16);
  const m2 = v128.load(from, 32);
  const m3 = v128.load(from, 48);
  const m4 = v128.load(from, 64);
  const p = f32x4.add(m1, m2);
  const r = f32x4.add(m3, m4);
  addUpTo4(dw, firstTap(v128.load(from), p, r), count);
  addUpTo4(dw + tapBytes, secondTap(f32x4.sub(m2, m1), f32x4.sub(m3, m4)), count);
  addUpTo4(dw + 2 * tapBytes, thirdTap(v128.load(from, 80), p, r), count);
}

// @ts-ignore: decorator
@inline
function addUpTo4(to: usize, value: v128, count: i32): void {
  storeUpTo4(to, f32x4.add(loadUpTo4(to, count), value), count);
}

/** The columns of G (winograd-weights.ts) on p = m₁ + m₂, q = m₂ − m₁, r = m₃ + m₄, s = m₃ − m₄. */
// @ts-ignore: decorator
@inline
function firstTap(m0: v128, p: v128, r: v128): v128 {
  return madd(r, f32x4.splat(<f32>(1.0 / 6)), madd(p, f32x4.splat(<f32>(-2.0 / 3)), m0));
}

// @ts-ignore: decorator
@inline
function secondTap(q: v128, s: v128): v128 {
  return madd(s, f32x4.splat(<f32>(Math.SQRT2 / 6)), f32x4.mul(q, f32x4.splat(<f32>(Math.SQRT2 / 3))));
}

// @ts-ignore: decorator
@inline
function thirdTap(m5: v128, p: v128, r: v128): v128 {
  return madd(f32x4.sub(r, p), f32x4.splat(<f32>(1.0 / 3)), m5);
}
