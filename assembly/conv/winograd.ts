/**
 * 3×3 convolutions with strides of 1 in 36 products per 4×4 outputs (winograd-points.ts), block of tiles after block:
 * transformed inputs V, products M = V·U for a run of filters, outputs. Every tile is summed by itself in one order,
 * so the result is the same bits however tiles are cut into blocks and rows into calls.
 * A NaN or an infinity in x makes NaN of all outputs that share a tile with one that sees it.
 */
import { ConvGeometry } from "./geometry";
import { inputTile } from "./winograd-input";
import { layOut, RUN, WinogradJob } from "./winograd-job";
import { outputTile } from "./winograd-output";
import { POINTS, STEP, TILE } from "./winograd-points";
import { multiplyPoint } from "./winograd-product";
import { transposePanels } from "./transpose-panels";

/**
 * y = clamp(residual + bias + x∗w) in the rows of tiles firstRow…lastRow−1 of all batch·⌈outH/4⌉; four lines of y each.
 * u = U of winograd-weights.ts; bias f32[outC] or 0; residual like y or 0.
 */
export function winogradRows(
  g: ConvGeometry,
  x: usize,
  u: usize,
  bias: usize,
  residual: usize,
  y: usize,
  low: f32,
  high: f32,
  firstRow: i32,
  lastRow: i32,
  scratch: usize,
): void {
  const job = layOut(g, false, scratch);
  job.x = x;
  job.gate = 0;
  job.bias = bias;
  job.residual = residual;
  job.y = y;
  job.low = low;
  job.high = high;
  convolveRows(job, g, u, false, firstRow, lastRow);
}

/**
 * dx += dz∗(w flipped and transposed) in rows of tiles of dx, with g the geometry of that convolution (in: dz, out: dx)
 * and dz = dy where gateLow < gate < gateHigh, else 0; gate like dy, or 0 for dz = dy. u = U as above.
 */
export function winogradInputGradient(
  g: ConvGeometry,
  dy: usize,
  gate: usize,
  gateLow: f32,
  gateHigh: f32,
  u: usize,
  dx: usize,
  firstRow: i32,
  lastRow: i32,
  scratch: usize,
): void {
  const job = layOut(g, true, scratch);
  job.x = dy;
  job.gate = gate;
  job.gateLow = gateLow;
  job.gateHigh = gateHigh;
  job.bias = 0;
  job.residual = dx;
  job.y = dx;
  job.low = -f32.POSITIVE_INFINITY;
  job.high = f32.POSITIVE_INFINITY;
  convolveRows(job, g, u, true, firstRow, lastRow);
}

function convolveRows(job: WinogradJob, g: ConvGeometry, u: usize, adjoint: bool, firstRow: i32, lastRow: i32): void {
  const end = lastRow * job.tileCols;
  for (let tile = firstRow * job.tileCols; tile < end; tile += job.tiles) {
    const count = min(job.tiles, end - tile);
    inputTiles(job, g, tile, count);
    for (let filter = 0; filter < g.outC; filter += RUN) {
      const filters = min(RUN, g.outC - filter);
      if (adjoint) multiplyAdjoint(job, g, u, filter, filters, count);
      else multiplyPanels(job, g, u, filter, filters, count);
      outputTiles(job, g, tile, count, filter, filters);
    }
  }
}

/** Products of fewer than four tiles take what lies behind them in V along: numbers, not leftovers of another call. */
function inputTiles(job: WinogradJob, g: ConvGeometry, first: i32, count: i32): void {
  for (let i = 0; i < max(4, count); i++) {
    const tile = first + min(i, count - 1);
    const line = tile / job.tileCols;
    inputTile(job, g, line / job.tileRows, STEP * (line % job.tileRows), STEP * (tile % job.tileCols), i);
  }
}

function outputTiles(job: WinogradJob, g: ConvGeometry, first: i32, count: i32, filter: i32, filters: i32): void {
  for (let i = 0; i < count; i++) {
    const tile = first + i;
    const line = tile / job.tileCols;
    const row = STEP * (line % job.tileRows);
    outputTile(job, g, line / job.tileRows, row, STEP * (tile % job.tileCols), i, filter, filters);
  }
}

/** M for filters filter…filter+filters−1. */
function multiplyPanels(job: WinogradJob, g: ConvGeometry, u: usize, filter: i32, filters: i32, tiles: i32): void {
  const panelBytes = <usize>g.inC << 5;
  const pointBytes = <usize>((g.outC + 7) >> 3) * panelBytes;
  u += <usize>(filter >> 3) * panelBytes;
  for (let point: usize = 0; point < POINTS; point++) {
    multiplyRun(job, g.inC, point, u + point * pointBytes, filters, tiles);
  }
}

/** The same with the kernels of the adjoint: at point (i, j) those of (π(i), π(j)), inputs and outputs exchanged. */
function multiplyAdjoint(job: WinogradJob, g: ConvGeometry, u: usize, filter: i32, filters: i32, tiles: i32): void {
  const panelBytes = <usize>g.inC << 5;
  const pointBytes = (<usize>((g.inC + 7) & ~7) * <usize>g.outC) << 2;
  for (let point: usize = 0; point < POINTS; point++) {
    const from = u + (TILE * reciprocal(point / TILE) + reciprocal(point % TILE)) * pointBytes;
    transposePanels(from, 4, g.outC, g.outC, g.inC, 0, filter, filters, job.panels, panelBytes);
    multiplyRun(job, g.inC, point, job.panels, filters, tiles);
  }
}

/** The place of 1/p among the points 0, √½, −√½, √2, −√2, ∞, where p is at place i. */
// @ts-ignore: decorator
@inline
function reciprocal(i: usize): usize {
  return i == 0 ? 5 : i == 5 ? 0 : i < 3 ? i + 2 : i - 2;
}

function multiplyRun(job: WinogradJob, depth: i32, point: usize, panels: usize, filters: i32, tiles: i32): void {
  const v = job.v + point * job.vPointBytes;
  let m = job.m + point * job.mPointBytes;
  for (let filter = 0; filter < filters; filter += 8) {
    multiplyPoint(v, job.vBytes, depth, panels, m, job.mBytes, max(4, tiles));
    panels += <usize>depth << 5;
    m += 32;
  }
}
