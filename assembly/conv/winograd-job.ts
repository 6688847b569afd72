import { Product, PRODUCT_BYTES } from "../gemm/product";
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
  /** M = V·U at one point, with room behind it for the rows of V. */
  product: Product;
  /** f32[RUN / 8][inC][8]: panels of the adjoint's kernels at one point. */
  panels: usize;
}

/** What a job's scratch may take: blocks of many tiles read U less often, and a call should stay within 2 MiB. */
const MOST_BYTES: usize = 2 * 1024 * 1024 - 8 * 1024;
/** Tiles that a block has even if they do not fit into MOST_BYTES: what a register tile needs to be worth it. */
const LEAST_TILES: i32 = 4;

/** The struct, the constants, and both tables of addresses, each from a multiple of 64 on. */
const CONSTANTS_AT: usize = 128;
const STAGED_PIXELS_AT: usize = 192;
const PIXELS_AT: usize = 256;
const HEAD_BYTES: usize = 448;

/**
 * Scratch for winogradRows, or for winogradInputGradient if `adjoint`: 2 MiB at most for up to 2400 input channels,
 * about 580 bytes (840 if adjoint) for each channel where there are more.
 */
export function winogradBytes(g: ConvGeometry, adjoint: bool): usize {
  const tiles = <usize>tilesPerBlock(g, adjoint);
  return fixedBytes(g, adjoint) + POINTS * (pointBytes(tiles, g.inC) + pointBytes(tiles, min(g.outC, RUN))) + 4 * tiles;
}

/** The job in scratch with its buffers laid out; the operands are left to the caller. */
export function layOut(g: ConvGeometry, adjoint: bool, scratch: usize): WinogradJob {
  const job = changetype<WinogradJob>(scratch);
  const filters = min(g.outC, RUN);
  job.tileRows = (g.outH + STEP - 1) / STEP;
  job.tileCols = (g.outW + STEP - 1) / STEP;
  job.tiles = tilesPerBlock(g, adjoint);
  job.vBytes = rowBytes(g.inC);
  job.vPointBytes = pointBytes(job.tiles, g.inC);
  job.mBytes = rowBytes(filters);
  job.mPointBytes = pointBytes(job.tiles, filters);
  job.constants = scratch + CONSTANTS_AT;
  job.stagedPixels = scratch + STAGED_PIXELS_AT;
  job.pixels = scratch + PIXELS_AT;
  job.staged = scratch + HEAD_BYTES;
  job.lines = job.staged + TILE * RUN_BYTES;
  job.zeros = job.lines + TILE * TILE_LINE_BYTES;
  job.panels = job.zeros + zeroBytes(g);
  job.v = job.panels + (adjoint ? panelBytes(g) : 0);
  job.m = job.v + POINTS * job.vPointBytes;
  job.product = changetype<Product>(job.m + POINTS * job.mPointBytes);
  prepareProduct(job.product, job.mBytes);
  writeConstants(job.constants, adjoint);
  memory.fill(job.zeros, 0, zeroBytes(g));
  return job;
}

/** What stays the same in all products: plain rows of V, whose addresses follow the struct, and no epilogue. */
function prepareProduct(p: Product, mBytes: usize): void {
  p.rows = changetype<usize>(p) + PRODUCT_BYTES;
  p.tapBytes = 0;
  p.taps = 1;
  p.adjacent = 1;
  p.bias = 0;
  p.residual = 0;
  p.residualBytes = 0;
  p.cBytes = mBytes;
  p.low = -f32.POSITIVE_INFINITY;
  p.high = f32.POSITIVE_INFINITY;
}

/** As many tiles as there is room for, spread evenly over the blocks. */
function tilesPerBlock(g: ConvGeometry, adjoint: bool): i32 {
  const tileBytes = POINTS * (rowBytes(g.inC) + rowBytes(min(g.outC, RUN))) + 4;
  const fixed = fixedBytes(g, adjoint);
  const most = fixed < MOST_BYTES ? max(LEAST_TILES, <i32>((MOST_BYTES - fixed) / tileBytes)) : LEAST_TILES;
  const tiles = g.batch * ((g.outH + STEP - 1) / STEP) * ((g.outW + STEP - 1) / STEP);
  const blocks = (tiles + most - 1) / most;
  return (tiles + blocks - 1) / blocks;
}

/** Scratch besides V, M and the addresses of V's rows. */
function fixedBytes(g: ConvGeometry, adjoint: bool): usize {
  const lines = TILE * RUN_BYTES + TILE * TILE_LINE_BYTES;
  return HEAD_BYTES + lines + zeroBytes(g) + (adjoint ? panelBytes(g) : 0) + PRODUCT_BYTES;
}

function zeroBytes(g: ConvGeometry): usize {
  return <usize>((max(g.inC, RUN) + 15) & ~15) << 2;
}

function panelBytes(g: ConvGeometry): usize {
  return <usize>(((min(g.outC, RUN) + 7) & ~7) * ((g.inC + 1) & ~1)) << 2;
}

function pointBytes(tiles: usize, channels: i32): usize {
  return oddLines(tiles * rowBytes(channels));
}

function rowBytes(channels: i32): usize {
  return oddLines(<usize>channels << 2);
}

/** An odd number of cache lines: neighbouring rows or points must not fall into the same set of a cache. */
// @ts-ignore: decorator
@inline
function oddLines(bytes: usize): usize {
  return (((bytes + 63) >> 6) | 1) << 6;
}
