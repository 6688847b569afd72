/**
 * 3×3 convolutions with strides of 1 by Winograd's F(4×4, 3×3) (winograd-points.ts), one block of tiles after the other:
 * inputs become V, products M = V·U are made for a run of filters at a time, M becomes outputs. Every tile is summed by
 * itself in one order, so the result is the same bits however tiles are cut into blocks and rows into calls.
 * A NaN in x reaches every output whose tile it lies in or beside, an infinity becomes NaN.
 */
import { ConvGeometry } from "./geometry";
import { inputTile } from "./winograd-input";
import { layOut, WinogradJob } from "./winograd-job";
import { outputTile } from "./winograd-output";
import { STEP } from "./winograd-points";
import { multiplyAdjoint, multiplyPanels } from "./winograd-product";

/**
 * Filters firstFilter…lastFilter−1 of y = clamp(residual + bias + x∗w) in the rows of tiles firstRow…lastRow−1 of all
 * batch·⌈outH/4⌉, four lines of y each; firstFilter is a multiple of 8. u = U of winograd-weights.ts; bias f32[outC] or 0; residual like y or 0.
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
  firstFilter: i32,
  lastFilter: i32,
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
  convolveRows(job, g, u, false, firstFilter, lastFilter, firstRow, lastRow);
}

/**
 * dx += dz∗(w flipped and transposed) in rows of tiles of dx and channels of it (the filters here), with g the geometry
 * of that convolution (in: dz, out: dx) and dz = dy where gateLow < gate < gateHigh, else 0; gate like dy, or 0 for dz = dy. u = U as above.
 */
export function winogradInputGradient(
  g: ConvGeometry,
  dy: usize,
  gate: usize,
  gateLow: f32,
  gateHigh: f32,
  u: usize,
  dx: usize,
  firstFilter: i32,
  lastFilter: i32,
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
  convolveRows(job, g, u, true, firstFilter, lastFilter, firstRow, lastRow);
}

function convolveRows(
  job: WinogradJob,
  g: ConvGeometry,
  u: usize,
  adjoint: bool,
  firstFilter: i32,
  lastFilter: i32,
  firstRow: i32,
  lastRow: i32,
): void {
  const end = lastRow * job.tileCols;
  for (let tile = firstRow * job.tileCols; tile < end; tile += job.tiles) {
    const count = min(job.tiles, end - tile);
    inputTiles(job, g, tile, count);
    for (let filter = firstFilter; filter < lastFilter; filter += job.filters) {
      const filters = min(job.filters, lastFilter - filter);
      if (adjoint) multiplyAdjoint(job, g, u, filter, filters, count);
      else multiplyPanels(job, g, u, filter, filters, count);
      outputTiles(job, g, tile, count, filter, filters);
    }
  }
}

function inputTiles(job: WinogradJob, g: ConvGeometry, first: i32, count: i32): void {
  for (let i = 0; i < count; i++) {
    const tile = first + i;
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
