import { GradCamError } from "../../errors.ts";
import { elements, showShape } from "../../shape.ts";
import { checkAttr, inputShape, isPositiveCount } from "../check.ts";
import { defineOp } from "../op.ts";
import { workInJavaScript } from "../work.ts";

export interface LrnAttrs {
  /** Channels in a window. */
  readonly size: number;
  readonly alpha: number;
  readonly beta: number;
  readonly bias: number;
}

/**
 * Local response normalisation over the last axis: y = x·d^(−beta), d = bias + alpha/size·Σ x² over the window of `size` channels
 * around each, one more behind than before where `size` is even, and fewer at the ends. In f64, rounded once.
 * dxⱼ = dyⱼ·dⱼ^(−beta) − 2·alpha·beta/size·xⱼ·Σ dyᵢ·xᵢ·dᵢ^(−beta−1) over the windows i that j lies in.
 * Krizhevsky, Sutskever & Hinton, NIPS 2012, section 3.3; alpha is divided by `size` as in Caffe, ONNX and PyTorch.
 */
export const lrn = defineOp<LrnAttrs>({
  inputs: ["x"],
  reads: () => ({ x: ["x"] }),
  shape(inputs, { size, alpha, beta, bias }, where) {
    const x = inputShape(inputs, 0, "x", where);
    if (x.length < 2) throw new GradCamError("E_SHAPE", { where, expected: "[N,…,C]", got: showShape(x) });
    checkAttr(isPositiveCount(size), where, "size", "an integer ≥ 1", size);
    const isSound = (value: number): boolean => Number.isFinite(value) && value >= 0;
    checkAttr(isSound(alpha), where, "alpha", "≥ 0", alpha);
    checkAttr(Number.isFinite(beta), where, "beta", "a finite number", beta);
    checkAttr(isSound(bias), where, "bias", "≥ 0", bias);
    return [...x];
  },
  work: workInJavaScript,
  forward({ heap }, [x], y, attrs) {
    const channels = y.shape.at(-1)!;
    const [from, to] = [heap.f32(x!.ptr, elements(y.shape)), heap.f32(y.ptr, elements(y.shape))];
    for (let row = 0; row < to.length; row += channels) {
      const values = from.subarray(row, row + channels);
      const sums = divisors(values, attrs);
      for (let c = 0; c < channels; c++) to[row + c] = values[c]! * sums[c]! ** -attrs.beta;
    }
  },
  backward({ heap }, { attrs, inputs: [x], dy, dInputs: [dx] }) {
    if (!dx) return;
    const { size, alpha, beta } = attrs;
    const channels = dx.shape.at(-1)!;
    const count = elements(dx.shape);
    const [from, gradient, to] = [heap.f32(x!.ptr, count), heap.f32(dy.ptr, count), heap.f32(dx.ptr, count)];
    const { before, after } = reachOf(size);
    for (let row = 0; row < count; row += channels) {
      const values = from.subarray(row, row + channels);
      const sums = divisors(values, attrs);
      const shares = sums.map((d, c) => gradient[row + c]! * values[c]! * d ** (-beta - 1));
      const met = windowSums(shares, after, before);
      for (let c = 0; c < channels; c++) {
        const own = gradient[row + c]! * sums[c]! ** -beta;
        to[row + c]! += own - ((2 * alpha * beta) / size) * values[c]! * met[c]!;
      }
    }
  },
});

/** Channels of a window before its own and after it. */
const reachOf = (size: number): { before: number; after: number } => ({
  before: Math.floor((size - 1) / 2),
  after: Math.ceil((size - 1) / 2),
});

function divisors(values: Float32Array, { size, alpha, bias }: LrnAttrs): Float64Array {
  const { before, after } = reachOf(size);
  const squares = Float64Array.from(values, (value) => value * value);
  return windowSums(squares, before, after).map((sum) => bias + (alpha / size) * sum);
}

/**
 * Sums of values[c − before … c + after], fewer at the ends, in three additions each for any width: a window as wide as a block is the
 * end of one block and the beginning of the next. No running sum: what leaves one leaves its rounding, or its NaN, behind.
 * van Herk, Pattern Recognition Letters 13 (1992), 517.
 */
function windowSums(values: Float64Array, before: number, after: number): Float64Array {
  const [left, right] = [Math.min(before, values.length - 1), Math.min(after, values.length - 1)];
  const width = left + 1 + right;
  const padded = new Float64Array(left + values.length + right);
  padded.set(values, left);
  const fromStart = padded.slice();
  for (let i = 1; i < padded.length; i++) if (i % width > 0) fromStart[i]! += fromStart[i - 1]!;
  const toEnd = padded;
  for (let i = padded.length - 2; i >= 0; i--) if ((i + 1) % width > 0) toEnd[i]! += toEnd[i + 1]!;
  return values.map((_, c) => (c % width > 0 ? toEnd[c]! : 0) + fromStart[c + width - 1]!);
}
