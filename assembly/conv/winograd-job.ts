import { ConvGeometry } from "./geometry";
import { POINTS, STEP, TILE, writeConstants } from "./winograd-points";

/** Channels that the transforms take at a time: a tile of them stays in the L1 cache. */
export const RUN = 64;
export const RUN_BYTES: usize = RUN * 4;
/** Six runs: one line of a tile. */
export const TILE_LINE_BYTES: usize = TILE * RUN_BYTES;

/**
 * What the steps of a Winograd convolution work on: a block of tiles. Lives in scratch.
 * V[point][tile][channel] are transformed inputs, M[point][tile][filter] the products for a run of filters.
 */
// @ts-ignore: decorator
@unmanaged
export class WinogradJob {
  x: usize;
  /** Of x's shape, or 0: x counts as 0 where this is not inside of (gateLow, gateHigh); see mask-gradient.ts. */
  gate: usize;
  gateLow: f32;
  gateHigh: f32;
  bias: usize;
  residual: usize;
  y: usize;
  low: f32;
  high: f32;
  /** Rows and columns of tiles in a picture. */
  tileRows: i32;
  tileCols: i32;
  /** Tiles in a block. */
  tiles: i32;
  v: usize;
  /** From tile to tile and from point to point. */
  vBytes: usize;
  vPointBytes: usize;
  m: usize;
  mBytes: usize;
  mPointBytes: usize;
  /** See writeConstants. */
  constants: usize;
  /** u32[6][6]: the addresses of a tile's inputs, column by column. */
  pixels: usize;
  /** f32[6][RUN], and u32[6]: their addresses. A column of inputs behind the gate, or four pixels of sums. */
  staged: usize;
  stagedPixels: usize;
  /** f32[6][6][RUN]: a tile between its two transforms. */
  lines: usize;
  /** As many zeros as x has channels, and at least RUN. */
  zeros: usize;
  /** f32[RUN / 8][inC][8]: panels of the adjoint's kernels at one point. */
  panels: usize;
}

/** The scratch of a job is at most this, unless four tiles need more: (inC + 80)·576 bytes and what is fixed. */
const MOST_BYTES: usize = 2 * 1024 * 1024 - 8 * 1024;

/** Room for the struct, the constants and both tables of addresses. */
const HEAD_BYTES: usize = 512;

/** The next odd number of cache lines: rows of V and M in one column must not share a set of the cache. */
// @ts-ignore: decorator
@inline
function oddLines(bytes: usize): usize {
  return (((bytes + 63) >> 6) | 1) << 6;
}

// @ts-ignore: decorator
@inline
function rowBytes(channels: i32): usize {
  return oddLines(<usize>channels << 2);
}

/** Scratch besides V and M. */
function fixedBytes(g: ConvGeometry, adjoint: bool): usize {
  const panels = adjoint ? <usize>(min(RUN, (g.outC + 7) & ~7) * g.inC) << 2 : 0;
  return HEAD_BYTES + TILE * RUN_BYTES + TILE * TILE_LINE_BYTES + zeroBytes(g) + panels;
}

// @ts-ignore: decorator
@inline
function zeroBytes(g: ConvGeometry): usize {
  return <usize>((max(g.inC, RUN) + 15) & ~15) << 2;
}

/** Tiles in a block: as many as there is room for, but blocks of the same size, and no fewer than four. */
function tilesPerBlock(g: ConvGeometry, adjoint: bool): i32 {
  const tile = POINTS * (rowBytes(g.inC) + rowBytes(min(g.outC, RUN)));
  const most = <i32>max(4, (MOST_BYTES - fixedBytes(g, adjoint)) / tile);
  const tiles = g.batch * ((g.outH + 3) / STEP) * ((g.outW + 3) / STEP);
  const blocks = (tiles + most - 1) / most;
  return max(4, (tiles + blocks - 1) / blocks);
}

/** Scratch for winogradRows, or for winogradInputGradient if `adjoint`: at most 2 MiB up to 3000 input channels. */
export function winogradBytes(g: ConvGeometry, adjoint: bool): usize {
  const tiles = <usize>tilesPerBlock(g, adjoint);
  const slices = pointBytes(tiles, g.inC) + pointBytes(tiles, min(g.outC, RUN));
  return fixedBytes(g, adjoint) + POINTS * slices;
}

// @ts-ignore: decorator
@inline
function pointBytes(tiles: usize, channels: i32): usize {
  return oddLines(tiles * rowBytes(channels));
}

/** The job in scratch, with its buffers laid out; operands are left to the caller. */
export function layOut(g: ConvGeometry, adjoint: bool, scratch: usize): WinogradJob {
  const job = changetype<WinogradJob>(scratch);
  job.tileRows = (g.outH + STEP - 1) / STEP;
  job.tileCols = (g.outW + STEP - 1) / STEP;
  job.tiles = tilesPerBlock(g, adjoint);
  job.vBytes = rowBytes(g.inC);
  job.vPointBytes = pointBytes(job.tiles, g.inC);
  job.mBytes = rowBytes(min(g.outC, RUN));
  job.mPointBytes = pointBytes(job.tiles, min(g.outC, RUN));
  job.constants = scratch + 128;
  job.stagedPixels = scratch + 192;
  job.pixels = scratch + 256;
  job.staged = scratch + HEAD_BYTES;
  job.lines = job.staged + TILE * RUN_BYTES;
  job.zeros = job.lines + TILE * TILE_LINE_BYTES;
  job.v = job.zeros + zeroBytes(g);
  job.m = job.v + POINTS * job.vPointBytes;
  job.panels = job.m + POINTS * job.mPointBytes;
  writeConstants(job.constants, adjoint);
  memory.fill(job.zeros, 0, zeroBytes(g));
  return job;
}
