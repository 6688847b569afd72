/** M = V·U: at each of the 36 points one product of plain matrices, tiles × channels by channels × filters. */
import { multiply } from "../gemm/multiply";
import { ConvGeometry } from "./geometry";
import { transposePanels } from "./transpose-panels";
import { WinogradJob } from "./winograd-job";
import { POINTS, TILE } from "./winograd-points";

/** M[·, tile, 0…filters−1] for the filters from `filter` (a multiple of 8) on and tiles 0…tiles−1; u = U. */
export function multiplyPanels(job: WinogradJob, g: ConvGeometry, u: usize, filter: i32, filters: i32, tiles: i32): void {
  const panelBytes = <usize>g.inC << 5;
  const pointBytes = <usize>((g.outC + 7) >> 3) * panelBytes;
  u += <usize>(filter >> 3) * panelBytes;
  for (let point: usize = 0; point < POINTS; point++) {
    multiplyPoint(job, g.inC, point, u + point * pointBytes, filters, tiles);
  }
}

/**
 * The same with the kernels of the adjoint: inputs and outputs exchanged, taps in reverse. Because 1/p is a point when p
 * is, (G·flip(g))ᵢ = sᵢ·(G·g)ⱼ with j the place of 1/pᵢ and s = 1, −2, −2, −½, −½, 1, which Aᵀ takes care of
 * (writeConstants): u = U of the convolution itself, read in another order.
 */
export function multiplyAdjoint(job: WinogradJob, g: ConvGeometry, u: usize, filter: i32, filters: i32, tiles: i32): void {
  const panelBytes = <usize>g.inC << 5;
  const pointBytes = (<usize>((g.inC + 7) & ~7) * <usize>g.outC) << 2;
  for (let point: usize = 0; point < POINTS; point++) {
    const from = u + (TILE * reciprocal(point / TILE) + reciprocal(point % TILE)) * pointBytes;
    transposePanels(from, 4, g.outC, g.outC, g.inC, 0, filter, filters, job.panels, panelBytes);
    multiplyPoint(job, g.inC, point, job.panels, filters, tiles);
  }
}

/** The place of 1/p among the points 0, √½, −√½, √2, −√2, ∞, where p is at place i. */
// @ts-ignore: decorator
@inline
function reciprocal(i: usize): usize {
  return i == 0 ? 5 : i == 5 ? 0 : i < 3 ? i + 2 : i - 2;
}

/** M[point] = V[point]·panels. */
function multiplyPoint(job: WinogradJob, depth: i32, point: usize, panels: usize, filters: i32, tiles: i32): void {
  const p = job.product;
  let v = job.v + point * job.vPointBytes;
  for (let at = p.rows, end = at + (<usize>tiles << 2); at < end; at += 4) {
    store<u32>(at, <u32>v);
    v += job.vBytes;
  }
  p.m = tiles;
  p.depth = depth;
  p.n = filters;
  p.panels = panels;
  p.c = job.m + point * job.mPointBytes;
  multiply(p);
}
