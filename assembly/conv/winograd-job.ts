import { MR } from "../gemm/kernel";
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
  /** Filters in a run: what M has room for. */
  filters: i32;
  /** Channels that are transformed, from x on, and with zeros up to a multiple of four: those of V. */
  channels: i32;
  depth: i32;
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
  /** u32[8]: where a line of four outputs goes, and where what is added to them comes from. */
  outputs: usize;
  /** f32[6][6][RUN]: a tile between its two transforms. */
  lines: usize;
  /** As many zeros as x has channels, and at least RUN. */
  zeros: usize;
  /** f32[panelFilters / 8][depth][8]: panels of the adjoint's kernels at one point. */
  panels: usize;
}

/**
 * Room for V and M of a block of tiles. Blocks should stay in the L2 cache, but each reads all of U: a large U, which
 * comes from further away anyway, is better read less often. The adjoint also transposes it for each block.
 */
const LEAST_BYTES: usize = 768 * 1024;
const LEAST_ADJOINT_BYTES: usize = 1536 * 1024;
const MOST_BYTES: usize = 6 * 1024 * 1024;
/** Tiles that a block has even if they do not fit into MOST_BYTES: what a register tile needs to be worth it. */
const LEAST_TILES: i32 = 4;
/** Filters whose products M holds at a time; fewer if their kernels are transposed into scratch first. */
const FILTERS: i32 = 256;
const ADJOINT_FILTERS: i32 = 128;

/** The struct, the constants, and both tables of addresses, each from a multiple of 64 on. */
const CONSTANTS_AT: usize = 128;
const STAGED_PIXELS_AT: usize = 192;
const OUTPUTS_AT: usize = 224;
const PIXELS_AT: usize = 256;
const HEAD_BYTES: usize = 448;

/** Scratch for winogradRows, or for winogradInputGradient if `adjoint`: 6 MiB and little more for up to 2000 channels. */
export function winogradBytes(g: ConvGeometry, adjoint: bool): usize {
  const tiles = <usize>paddedTiles(tilesPerBlock(g, adjoint));
  return fixedBytes(g, adjoint) + POINTS * (pointBytes(tiles, g.inC) + pointBytes(tiles, filtersPerRun(g, adjoint)));
}

/** The job in scratch with its buffers laid out; the operands are left to the caller. */
export function layOut(g: ConvGeometry, adjoint: bool, scratch: usize): WinogradJob {
  const job = layOutHead(g, scratch);
  const filters = filtersPerRun(g, adjoint);
  job.tiles = tilesPerBlock(g, adjoint);
  job.filters = filters;
  const tiles = <usize>paddedTiles(job.tiles);
  job.vBytes = rowBytes(g.inC);
  job.vPointBytes = pointBytes(tiles, g.inC);
  job.mBytes = rowBytes(filters);
  job.mPointBytes = pointBytes(tiles, filters);
  job.panels = scratch + headBytes(g);
  job.v = job.panels + (adjoint ? panelBytes(g) : 0);
  job.m = job.v + POINTS * job.vPointBytes;
  if (adjoint) writeConstants(job.constants, true);
  return job;
}

/** What all transforms need, at the beginning of scratch: headBytes of it. */
export function layOutHead(g: ConvGeometry, scratch: usize): WinogradJob {
  const job = changetype<WinogradJob>(scratch);
  job.tileRows = (g.outH + STEP - 1) / STEP;
  job.tileCols = (g.outW + STEP - 1) / STEP;
  job.channels = g.inC;
  job.depth = paddedDepth(g.inC);
  job.constants = scratch + CONSTANTS_AT;
  job.stagedPixels = scratch + STAGED_PIXELS_AT;
  job.outputs = scratch + OUTPUTS_AT;
  job.pixels = scratch + PIXELS_AT;
  job.staged = scratch + HEAD_BYTES;
  job.lines = job.staged + TILE * RUN_BYTES;
  job.zeros = job.lines + TILE * TILE_LINE_BYTES;
  writeConstants(job.constants, false);
  memory.fill(job.zeros, 0, zeroBytes(g));
  return job;
}

/** As many tiles as there is room for, spread evenly over the blocks. */
function tilesPerBlock(g: ConvGeometry, adjoint: bool): i32 {
  const uBytes = POINTS * <usize>g.inC * <usize>g.outC * 4;
  const wanted = adjoint ? max(LEAST_ADJOINT_BYTES, uBytes / 2) : max(LEAST_BYTES, uBytes / 4);
  const room = min(MOST_BYTES, wanted);
  const tileBytes = POINTS * (rowBytes(g.inC) + rowBytes(filtersPerRun(g, adjoint)));
  const most = max(LEAST_TILES, <i32>(room / tileBytes));
  const tiles = g.batch * ((g.outH + STEP - 1) / STEP) * ((g.outW + STEP - 1) / STEP);
  const blocks = (tiles + most - 1) / most;
  return (tiles + blocks - 1) / blocks;
}

function filtersPerRun(g: ConvGeometry, adjoint: bool): i32 {
  return min((g.outC + 7) & ~7, adjoint ? ADJOINT_FILTERS : FILTERS);
}

/** Rows that tiles of six, five and four rows can make up exactly, of which the last three may be of no consequence. */
export function paddedTiles(tiles: i32): i32 {
  return tiles < 4 ? 4 : tiles == 7 ? 8 : (tiles + (MR == 6 ? 0 : 3)) & (MR == 6 ? -1 : ~3);
}

/** Steps of k: channels and zeros up to a multiple of four. */
// @ts-ignore: decorator
@inline
export function paddedDepth(channels: i32): i32 {
  return (channels + 3) & ~3;
}

/** Scratch besides V and M. */
function fixedBytes(g: ConvGeometry, adjoint: bool): usize {
  return headBytes(g) + (adjoint ? panelBytes(g) : 0);
}

export function headBytes(g: ConvGeometry): usize {
  return HEAD_BYTES + TILE * RUN_BYTES + TILE * TILE_LINE_BYTES + zeroBytes(g);
}

function zeroBytes(g: ConvGeometry): usize {
  return <usize>((max(g.inC, RUN) + 15) & ~15) << 2;
}

/** Panels of ⌈inC / 8⌉·8 rows: as many as U has columns. */
function panelBytes(g: ConvGeometry): usize {
  return <usize>(filtersPerRun(g, true) * ((g.inC + 7) & ~7)) << 2;
}

function pointBytes(tiles: usize, channels: i32): usize {
  return oddLines(tiles * rowBytes(channels));
}

/** Rows of whole vectors: what the transforms and the tiles write and read. */
export function rowBytes(channels: i32): usize {
  return oddLines(<usize>channels << 2);
}

/** An odd number of cache lines: neighbouring rows or points must not fall into the same set of a cache. */
// @ts-ignore: decorator
@inline
export function oddLines(bytes: usize): usize {
  return (((bytes + 63) >> 6) | 1) << 6;
}
