/**
 * The ABI of the core: one line per export of assembly/index.ts.
 * Arguments are byte addresses (…Ptr-less names of tensors), element counts, or f32 scalars.
 * `test/wasm/abi.test.ts` compares names and arity with both builds.
 */
import { ACTIVATION_ARITY, type ActivationKernels } from "./activation-kernels.ts";
import { PRODUCT_ARITY, type ProductKernels } from "./product-kernels.ts";
import { BINARY_ARITY, type BinaryKernels } from "./binary-kernels.ts";
import { WINOGRAD_ARITY, type WinogradKernels } from "./winograd-kernels.ts";

export interface Kernels extends ActivationKernels, BinaryKernels, ProductKernels, WinogradKernels {
  /** Zeros. */
  clear(to: number, bytes: number): void;
  /** y[i] += x[i], n elements. */
  accumulate(x: number, y: number, n: number): void;
  /** x[0]² + c with the rounding of this build. */
  multiplyAdd(x: number, c: number): number;
  /** y[c] += scale·Σᵣ x[r, c] */
  sumRows(x: number, y: number, rows: number, cols: number, scale: number): void;
  /** y[r] += scale·Σ꜀ x[r, c] */
  sumColumns(x: number, y: number, rows: number, cols: number, scale: number): void;
  /** y[c] += Σᵣ a[r, c]·(b[r, c] − centre[c]) */
  centredDotRows(a: number, b: number, centre: number, y: number, rows: number, cols: number): void;
  /** y[c] = maxᵣ x[r, c] */
  maxRows(x: number, y: number, rows: number, cols: number): void;
  /** dx[r, c] += dy[c], shared evenly by the rows where x[r, c] = y[c] */
  maxRowsGradient(x: number, y: number, dy: number, dx: number, rows: number, cols: number): void;
  /** y[r, c] = (x[r, c] − mean[c])·scale[c] + shift[c] */
  normalizeRows(x: number, mean: number, scale: number, shift: number, y: number, rows: number, cols: number): void;
  /** y[r, c] += x[r, c]·scale[c] */
  addScaledRows(x: number, scale: number, y: number, rows: number, cols: number): void;
  /** y[r, c] += scale·v[c] */
  addToRows(v: number, y: number, rows: number, cols: number, scale: number): void;
  /** x[r, c] = x[r, c]·scale[c] with scale in f64, rounded once. */
  scaleRows(x: number, scale: number, rows: number, cols: number): void;
  /** dst[r, c] = src[r, c], rows srcRow and dstRow elements apart. */
  copyBlock(src: number, dst: number, rows: number, cols: number, srcRow: number, dstRow: number): void;
  /** dst[r, c] += src[r, c], rows srcRow and dstRow elements apart. */
  addBlock(src: number, dst: number, rows: number, cols: number, srcRow: number, dstRow: number): void;
  /** y[o, i, c] += Σₖ weights[k]·x[o, sources[k], c] over k = starts[i] … starts[i + 1] − 1 */
  mixRows(
    x: number,
    y: number,
    outer: number,
    rowsOfX: number,
    rowsOfY: number,
    inner: number,
    starts: number,
    sources: number,
    weights: number,
  ): void;
  /** dst[r, c] = src[r·srcRow + c·srcCol], dst without gaps. */
  gather(src: number, dst: number, rows: number, cols: number, srcRow: number, srcCol: number): void;
  /** y[r] = softmax of x[r] */
  softmax(x: number, y: number, rows: number, cols: number): void;
  /** dx += y·(dy − Σ꜀ dy·y) */
  softmaxGradient(y: number, dy: number, dx: number, rows: number, cols: number): void;
  /** Lines of y = max over each window of x, counted over all pictures; `geometry` is a PoolGeometry. */
  maxPool(x: number, y: number, geometry: number, firstLine: number, lastLine: number): void;
  /** dx += dy at the first maximum of each window, for some channels (addresses are those of the first), lines of y. */
  maxPoolGradient(
    x: number,
    y: number,
    dy: number,
    dx: number,
    geometry: number,
    channels: number,
    firstLine: number,
    lastLine: number,
  ): void;
  /** Lines of y = mean over each window of x, counted over all pictures; `geometry` is a PoolGeometry. */
  averagePool(x: number, y: number, geometry: number, firstLine: number, lastLine: number): void;
  /** dx += dy / taps all over each window, for some channels (addresses are those of the first), lines of y. */
  averagePoolGradient(
    dy: number,
    dx: number,
    geometry: number,
    channels: number,
    firstLine: number,
    lastLine: number,
  ): void;
}

/** Arity of every kernel, for the ABI check at instantiation and in tests. */
export const KERNEL_ARITY: Readonly<Record<keyof Kernels, number>> = {
  ...ACTIVATION_ARITY,
  ...PRODUCT_ARITY,
  ...BINARY_ARITY,
  ...WINOGRAD_ARITY,
  clear: 2,
  accumulate: 3,
  multiplyAdd: 2,
  sumRows: 5,
  sumColumns: 5,
  centredDotRows: 6,
  maxRows: 4,
  maxRowsGradient: 6,
  normalizeRows: 7,
  addScaledRows: 5,
  addToRows: 5,
  scaleRows: 4,
  copyBlock: 6,
  addBlock: 6,
  mixRows: 9,
  gather: 6,
  softmax: 4,
  softmaxGradient: 5,
  maxPool: 5,
  maxPoolGradient: 8,
  averagePool: 5,
  averagePoolGradient: 6,
};
