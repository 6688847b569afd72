/** The matrix products in the ABI: GEMM, convolution, depthwise, dense, and what their gradients need. */

/** Arguments named …Bytes are byte strides; `g` is the address of a ConvGeometry; 0 stands for no bias, no residual. */
export interface ProductKernels {
  /** to = dy where low < y < high, else 0; a bound that is NaN does not exist. */
  maskGradient(dy: number, y: number, to: number, n: number, low: number, high: number): void;
  widenF16(src: number, dst: number, n: number): void;
  narrowF16(src: number, dst: number, n: number): void;
  /** to = q·scales, q int8 with rows rowBytes apart, one scale per column. */
  widenI8(q: number, rowBytes: number, rows: number, columns: number, scales: number, to: number): void;

  /** Columns of B into panels f32[⌈n/8⌉][k][8]; B[k, n] at b + k·rs + n·cs. */
  packPanels(b: number, k: number, n: number, rs: number, cs: number, to: number): void;
  /** Scratch bytes of multiplyPanels. */
  multiplyPanelsBytes(): number;
  /** C = clamp(residual + bias + A·B), B in panels. */
  multiplyPanels(
    m: number,
    n: number,
    k: number,
    a: number,
    aBytes: number,
    panels: number,
    bias: number,
    residual: number,
    c: number,
    cBytes: number,
    low: number,
    high: number,
    scratch: number,
  ): void;
  /** Scratch bytes of gemm. */
  gemmBytes(m: number, n: number, k: number): number;
  /** C = clamp(residual + bias + A·B); one stride of A and one of B is 4. */
  gemm(
    m: number,
    n: number,
    k: number,
    a: number,
    aRow: number,
    aColumn: number,
    b: number,
    bRow: number,
    bColumn: number,
    bias: number,
    residual: number,
    c: number,
    cBytes: number,
    low: number,
    high: number,
    scratch: number,
  ): void;
  /** The register tiles, exported so that each stays a function (assembly/gemm/kernel.ts). */
  tiles6(job: number, row: number, count: number): void;
  tiles5(job: number, row: number, count: number): void;
  tiles4(job: number, row: number, count: number): void;
  wideTiles6(job: number, row: number, count: number): void;
  wideTiles5(job: number, row: number, count: number): void;
  wideTiles4(job: number, row: number, count: number): void;
  tile1(job: number, row: number): void;
  tile2(job: number, row: number): void;
  tile3(job: number, row: number): void;

  im2col(
    g: number,
    x: number,
    channels: number,
    firstTap: number,
    lastTap: number,
    firstRow: number,
    lastRow: number,
    cols: number,
  ): void;
  /** The adjoint of im2col: adds. */
  col2im(
    g: number,
    dcols: number,
    channels: number,
    firstTap: number,
    lastTap: number,
    firstRow: number,
    lastRow: number,
    dx: number,
  ): void;
  /** Scratch bytes of convRows with so many input channels per group. */
  convRowsBytes(g: number, channels: number): number;
  /** Rows of y = clamp(residual + bias + cols·W) for some columns of one group. */
  convRows(
    g: number,
    x: number,
    channels: number,
    panels: number,
    columns: number,
    bias: number,
    residual: number,
    y: number,
    low: number,
    high: number,
    firstRow: number,
    lastRow: number,
    scratch: number,
  ): void;
  /** Panels of Wᵀ, toBytes apart, for one tap and some input channels of one group from the panels of W. */
  transposePanels(
    panels: number,
    wBytes: number,
    k: number,
    inC: number,
    outC: number,
    tap: number,
    firstChannel: number,
    channels: number,
    to: number,
    toBytes: number,
  ): void;

  /** Scratch bytes of depthwiseRows and depthwiseInputGradient. */
  depthwiseBytes(g: number): number;
  depthwiseRows(
    g: number,
    x: number,
    w: number,
    bias: number,
    y: number,
    low: number,
    high: number,
    firstRow: number,
    lastRow: number,
    scratch: number,
  ): void;
  /** The tile of four pixels, exported so that it stays a function (assembly/conv/depthwise-tiles.ts). */
  depthwiseFive(
    outputs: number,
    table: number,
    rows: number,
    w: number,
    bias: number,
    bytes: number,
    low: number,
    high: number,
  ): void;
  /** Adds to lines of dx, counted over all pictures. */
  depthwiseInputGradient(
    g: number,
    dy: number,
    w: number,
    dx: number,
    firstLine: number,
    lastLine: number,
    scratch: number,
  ): void;
  /** Adds to some channels of dw, the first a multiple of 16. */
  depthwiseWeightGradient(
    g: number,
    x: number,
    dy: number,
    dw: number,
    firstChannel: number,
    lastChannel: number,
  ): void;

  /** Scratch bytes of denseRow. */
  denseRowBytes(outputs: number): number;
  /** sums[0…n−1] += Σ x[i]·w_i[0…n−1] for four i. */
  denseFourRows(w0: number, w1: number, w2: number, w3: number, x: number, sums: number, n: number): void;
  denseFourHalfRows(w0: number, w1: number, w2: number, w3: number, x: number, sums: number, n: number): void;
  /** Some outputs of y = clamp(b + x·W) for one row; weights of wBytes 4 (f32) or 2 (f16), rowBytes from row to row. */
  denseRow(
    x: number,
    w: number,
    wBytes: number,
    rowBytes: number,
    bias: number,
    y: number,
    inputs: number,
    outputs: number,
    low: number,
    high: number,
    scratch: number,
  ): void;
  /** dx += dy·Wᵀ for some inputs; each row as if it were alone, dxBytes apart. */
  denseRowsGradient(
    dy: number,
    w: number,
    wBytes: number,
    dx: number,
    gate: number,
    dxBytes: number,
    rows: number,
    inputs: number,
    outputs: number,
  ): void;
}

export const PRODUCT_ARITY: Readonly<Record<keyof ProductKernels, number>> = {
  maskGradient: 6,
  widenF16: 3,
  narrowF16: 3,
  widenI8: 6,
  packPanels: 6,
  multiplyPanelsBytes: 0,
  multiplyPanels: 13,
  gemmBytes: 3,
  gemm: 16,
  tiles6: 3,
  tiles5: 3,
  tiles4: 3,
  wideTiles6: 3,
  wideTiles5: 3,
  wideTiles4: 3,
  tile1: 2,
  tile2: 2,
  tile3: 2,
  im2col: 8,
  col2im: 8,
  convRowsBytes: 2,
  convRows: 13,
  transposePanels: 10,
  depthwiseBytes: 1,
  depthwiseRows: 10,
  depthwiseFive: 8,
  depthwiseInputGradient: 7,
  depthwiseWeightGradient: 6,
  denseRowBytes: 1,
  denseFourRows: 7,
  denseFourHalfRows: 7,
  denseRow: 11,
  denseRowsGradient: 9,
};
