/** The Winograd convolution in the ABI: assembly/conv/winograd*.ts. `g` is the address of a ConvGeometry, 3×3, strides 1. */

/** `count` times some rows of M = V·U, vBytes and mBytes apart: one panel of U; set, or added to if `adds`. */
type Tiles = (
  v: number,
  vBytes: number,
  panel: number,
  depth: number,
  m: number,
  mBytes: number,
  count: number,
  ahead: number,
  adds: number,
) => void;

/** The same with two panels, `second` bytes apart. Turbo only. */
type WideTiles = (
  v: number,
  vBytes: number,
  panel: number,
  depth: number,
  m: number,
  mBytes: number,
  count: number,
  ahead: number,
  second: number,
  adds: number,
) => void;

export interface WinogradKernels {
  /** to = U = G·g·Gᵀ as f32[36][⌈outC/8⌉][⌈inC/4⌉·4][8] from w f32[3][3][inC][outC]. */
  winogradPanels(w: number, inC: number, outC: number, to: number): void;
  /** Scratch bytes of winogradRows, or of winogradInputGradient if adjoint (1). */
  winogradBytes(g: number, adjoint: number): number;
  /**
   * Rows of 4×4 tiles of y = clamp(residual + bias + x∗w), counted over all pictures, and filters of them, the first a
   * multiple of 8; 0 for no bias, no residual.
   */
  winogradRows(
    g: number,
    x: number,
    u: number,
    bias: number,
    residual: number,
    y: number,
    low: number,
    high: number,
    firstFilter: number,
    lastFilter: number,
    firstRow: number,
    lastRow: number,
    scratch: number,
  ): void;
  /** Adds to rows of tiles of dx, some channels of it, the gradient behind the clamp; g is the adjoint's, gate 0 if there is no clamp. */
  winogradInputGradient(
    g: number,
    dy: number,
    gate: number,
    gateLow: number,
    gateHigh: number,
    u: number,
    dx: number,
    firstFilter: number,
    lastFilter: number,
    firstRow: number,
    lastRow: number,
    scratch: number,
  ): void;

  /** Scratch bytes of winogradWeightGradient. */
  winogradWeightGradientBytes(g: number): number;
  /** Adds to filters firstFilter…lastFilter−1 of dw, plain HWIO; gate as above. */
  winogradWeightGradient(
    g: number,
    x: number,
    dy: number,
    gate: number,
    gateLow: number,
    gateHigh: number,
    dw: number,
    firstFilter: number,
    lastFilter: number,
    scratch: number,
  ): void;

  /** The inner loops, exported so that each stays a function. */
  winogradSpread(from: number, constants: number, to: number, toBytes: number, bytes: number): void;
  winogradKernelSums(u: number, pointBytes: number, dw: number, tapBytes: number, count: number, lines: number): void;
  winogradInputColumn(pixels: number, shift: number, constants: number, to: number, bytes: number): void;
  winogradGatedColumn(pixels: number, shift: number, job: number, to: number, bytes: number): void;
  winogradInputRow(line: number, constants: number, to: number, pointBytes: number, bytes: number): void;
  winogradOutputColumn(m: number, rowBytes: number, constants: number, to: number, bytes: number): void;
  winogradOutputRow(
    line: number,
    constants: number,
    bias: number,
    outputs: number,
    bytes: number,
    low: number,
    high: number,
  ): void;
  winogradTiles6: Tiles;
  winogradTiles5: Tiles;
  winogradTiles4: Tiles;
  winogradWideTiles6: WideTiles;
  winogradWideTiles5: WideTiles;
  winogradWideTiles4: WideTiles;
  /** Rows of a panel of eight become columns of panels toBytes apart. */
  transposeRows(from: number, count: number, steps: number, to: number, toBytes: number): void;
}

export const WINOGRAD_ARITY: Readonly<Record<keyof WinogradKernels, number>> = {
  winogradPanels: 4,
  winogradBytes: 2,
  winogradRows: 13,
  winogradInputGradient: 12,
  winogradWeightGradientBytes: 1,
  winogradWeightGradient: 10,
  winogradSpread: 5,
  winogradKernelSums: 6,
  winogradInputColumn: 5,
  winogradGatedColumn: 5,
  winogradInputRow: 5,
  winogradOutputColumn: 5,
  winogradOutputRow: 7,
  winogradTiles6: 9,
  winogradTiles5: 9,
  winogradTiles4: 9,
  winogradWideTiles6: 10,
  winogradWideTiles5: 10,
  winogradWideTiles4: 10,
  transposeRows: 5,
};
