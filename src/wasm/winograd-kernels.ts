/** The Winograd convolution in the ABI: assembly/conv/winograd*.ts. `g` is the address of a ConvGeometry, 3×3, strides 1. */

export interface WinogradKernels {
  /** to = U = G·g·Gᵀ as f32[36][⌈outC/8⌉][inC][8] from w f32[3][3][inC][outC]. */
  winogradPanels(w: number, inC: number, outC: number, to: number): void;
  /** Scratch bytes of winogradRows, or of winogradInputGradient if adjoint (1). */
  winogradBytes(g: number, adjoint: number): number;
  /** Rows of 4×4 tiles of y = clamp(residual + bias + x∗w), counted over all pictures; 0 for no bias, no residual. */
  winogradRows(
    g: number,
    x: number,
    u: number,
    bias: number,
    residual: number,
    y: number,
    low: number,
    high: number,
    firstRow: number,
    lastRow: number,
    scratch: number,
  ): void;
  /** Adds to rows of tiles of dx the gradient behind the clamp; g is the adjoint's, gate 0 if there is no clamp. */
  winogradInputGradient(
    g: number,
    dy: number,
    gate: number,
    gateLow: number,
    gateHigh: number,
    u: number,
    dx: number,
    firstRow: number,
    lastRow: number,
    scratch: number,
  ): void;

  /** The inner loops, exported so that each stays a function. */
  winogradInputColumn(pixels: number, shift: number, constants: number, to: number, bytes: number): void;
  winogradInputRow(line: number, constants: number, to: number, pointBytes: number, bytes: number): void;
  winogradOutputColumn(m: number, rowBytes: number, constants: number, to: number, bytes: number): void;
  winogradOutputRow(line: number, constants: number, to: number, bytes: number): void;
  winogradFinishPixel(
    sum: number,
    from: number,
    plus: number,
    y: number,
    count: number,
    low: number,
    high: number,
  ): void;
}

export const WINOGRAD_ARITY: Readonly<Record<keyof WinogradKernels, number>> = {
  winogradPanels: 4,
  winogradBytes: 2,
  winogradRows: 11,
  winogradInputGradient: 10,
  winogradInputColumn: 5,
  winogradInputRow: 5,
  winogradOutputColumn: 5,
  winogradOutputRow: 4,
  winogradFinishPixel: 7,
};
