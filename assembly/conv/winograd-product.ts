/** M = V·U: at each of the 36 points one product of plain matrices, tiles × channels by channels × filters. */
import { MR } from "../gemm/kernel";
import { TURBO } from "../lib/simd";
import { ConvGeometry } from "./geometry";
import { transposePanelRows } from "./transpose-panels";
import { paddedDepth, paddedTiles, WinogradJob } from "./winograd-job";
import { POINTS, TILE } from "./winograd-points";
import { winogradTiles4, winogradTiles5, winogradTiles6 } from "./winograd-tiles";
import { winogradWideTiles4, winogradWideTiles5, winogradWideTiles6 } from "./winograd-wide-tiles";

/** Steps of k that are summed in one chain: the error of a sum grows with its length. */
const KC = 256;

/** M[·, tile, 0…filters−1] for the filters from `filter` (a multiple of 8) on and tiles 0…tiles−1; u = U. */
export function multiplyPanels(job: WinogradJob, g: ConvGeometry, u: usize, filter: i32, filters: i32, tiles: i32): void {
  const panelBytes = <usize>job.depth << 5;
  const pointBytes = <usize>((g.outC + 7) >> 3) * panelBytes;
  const end = u + POINTS * pointBytes;
  u += <usize>(filter >> 3) * panelBytes;
  for (let point: usize = 0; point < POINTS; point++) {
    const next = point + 1 < POINTS ? u + pointBytes : u;
    multiplyPoint(job, point, u, filters, tiles, next, end);
    u = next;
  }
}

/**
 * The same with the kernels of the adjoint: inputs and outputs exchanged, taps in reverse. Because 1/p is a point when p
 * is, (G·flip(g))ᵢ = sᵢ·(G·g)ⱼ with j the place of 1/pᵢ and s = 1, −2, −2, −½, −½, 1, which Aᵀ takes care of
 * (writeConstants): u = U of the convolution itself, read in another order.
 */
export function multiplyAdjoint(job: WinogradJob, g: ConvGeometry, u: usize, filter: i32, filters: i32, tiles: i32): void {
  const rows = paddedDepth(g.outC);
  const panels = (g.inC + 7) >> 3;
  const pointBytes = (<usize>(panels * rows)) << 5;
  const count = min((filters + 7) & ~7, rows - filter);
  for (let point: usize = 0; point < POINTS; point++) {
    const from = u + (TILE * reciprocal(point / TILE) + reciprocal(point % TILE)) * pointBytes;
    transposePanelRows(from, rows, panels, filter, count, job.depth, job.panels);
    multiplyPoint(job, point, job.panels, filters, tiles, job.panels, 0);
  }
}

/** The place of 1/p among the points 0, √½, −√½, √2, −√2, ∞, where p is at place i. */
// @ts-ignore: decorator
@inline
function reciprocal(i: usize): usize {
  return i == 0 ? 5 : i == 5 ? 0 : i < 3 ? i + 2 : i - 2;
}

/**
 * M[point] = V[point]·panels; `next` is what is multiplied after that, and panels up to `end` come from far away.
 * Turbo takes two panels at a time where there are two.
 */
function multiplyPoint(
  job: WinogradJob,
  point: usize,
  panels: usize,
  filters: i32,
  tiles: i32,
  next: usize,
  end: usize,
): void {
  const v = job.v + point * job.vPointBytes;
  let m = job.m + point * job.mPointBytes;
  const bytes = <usize>job.depth << 5;
  while (filters > 0) {
    const pair = TURBO && filters > 8;
    const columns = pair ? 16 : 8;
    const step = <usize>(pair ? 2 : 1) * bytes;
    if (panels + 3 * step <= end) touchPages(panels + 2 * step, step);
    // Pairs look ahead to two panels: to those of the next point if there is but one more.
    const more = pair ? filters > 24 : filters > 8;
    multiplyTiles(job, v, panels, pair, m, paddedTiles(tiles), more ? panels + step : next);
    panels += step;
    m += <usize>columns << 2;
    filters -= columns;
  }
}

/**
 * Two lines of each page of a panel, all at once: enough for a CPU to begin fetching each page by itself, which it does
 * not do across the end of one. It goes on with those of the panel before meanwhile.
 */
function touchPages(at: usize, bytes: usize): void {
  for (const end = at + bytes; at < end; at += 4096) {
    load<i32>(at);
    load<i32>(at, 64);
  }
}

/** One panel, or a pair, for all rows, some of k after the other: as many sums in one chain as gemm/multiply.ts has. */
function multiplyTiles(job: WinogradJob, v: usize, panel: usize, pair: bool, m: usize, rows: i32, ahead: usize): void {
  const depth = job.depth;
  const blocks = (depth + KC - 1) / KC;
  const step = (depth / blocks + 3) & ~3;
  for (let k = 0; k < depth; k += step) {
    const count = min(step, depth - k);
    const last = k + count == depth;
    const from = panel + (<usize>k << 5);
    multiplyBlock(job, v + (<usize>k << 2), from, count, pair, m, rows, last ? ahead : from + (<usize>count << 5), i32(k > 0));
  }
}

/** `depth` steps of k: as many tiles of six as leave whole fives, and a few fours if nothing else does. */
function multiplyBlock(
  job: WinogradJob,
  v: usize,
  panel: usize,
  depth: i32,
  pair: bool,
  m: usize,
  rows: i32,
  ahead: usize,
  adds: i32,
): void {
  const vBytes = job.vBytes;
  const mBytes = job.mBytes;
  if (MR == 4) {
    winogradTiles4(v, vBytes, panel, depth, m, mBytes, rows >> 2, ahead, adds);
    return;
  }
  let fours = 0;
  let fives = fivesIn(rows);
  while (5 * fives > rows - 4 * fours) fives = fivesIn(rows - 4 * ++fours);
  const sixes = (rows - 4 * fours - 5 * fives) / 6;
  const v5 = v + <usize>(6 * sixes) * vBytes;
  const m5 = m + <usize>(6 * sixes) * mBytes;
  const v4 = v5 + <usize>(5 * fives) * vBytes;
  const m4 = m5 + <usize>(5 * fives) * mBytes;
  if (TURBO && pair) {
    const second = <usize>job.depth << 5;
    winogradWideTiles6(v, vBytes, panel, depth, m, mBytes, sixes, ahead, second, adds);
    winogradWideTiles5(v5, vBytes, panel, depth, m5, mBytes, fives, ahead, second, adds);
    winogradWideTiles4(v4, vBytes, panel, depth, m4, mBytes, fours, ahead, second, adds);
  } else {
    winogradTiles6(v, vBytes, panel, depth, m, mBytes, sixes, ahead, adds);
    winogradTiles5(v5, vBytes, panel, depth, m5, mBytes, fives, ahead, adds);
    winogradTiles4(v4, vBytes, panel, depth, m4, mBytes, fours, ahead, adds);
  }
}

/** Fives that leave a multiple of six. */
// @ts-ignore: decorator
@inline
function fivesIn(rows: i32): i32 {
  return rows % 6 ? 6 - (rows % 6) : 0;
}
