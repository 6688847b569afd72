import { elements } from "../shape.ts";
import { checkAttr, inputShape } from "./check.ts";
import { defineOp } from "./op.ts";
import { eachLine, resolveAxes, withoutAxes } from "./over-axes.ts";

export interface StandardizeAttrs {
  /** Over which mean and variance are taken; negative ones count from the end. */
  readonly axes: readonly number[];
  readonly epsilon: number;
  /** Whether the mean is taken off: not in root-mean-square normalisation. */
  readonly center: boolean;
}

/**
 * y = (x − μ)·r, r = 1/√(mean of (x − μ)² + epsilon), μ the mean over `axes`, or 0 without `center`;
 * dx = r·(dy − [center]·mean dy − y·mean(dy·y)). In f64, rounded once.
 * Layer, group, instance and root-mean-square normalisation before their gamma and beta, which are operators of their own.
 * Ba, Kiros & Hinton, arXiv 1607.06450; Wu & He, arXiv 1803.08494; Zhang & Sennrich, arXiv 1910.07467.
 */
export const standardize = defineOp<StandardizeAttrs>({
  inputs: ["x"],
  reads: () => ({ x: ["x"] }),
  shape(inputs, { axes, epsilon }, where) {
    const x = inputShape(inputs, 0, "x", where);
    checkAttr(epsilon >= 0 && Number.isFinite(epsilon), where, "epsilon", "≥ 0", epsilon);
    resolveAxes(axes, x.length, where);
    return [...x];
  },
  forward({ heap }, [x], y, attrs) {
    const { shape } = y;
    const axes = resolveAxes(attrs.axes, shape.length, "standardize");
    const from = heap.f32(x!.ptr, elements(shape));
    const to = heap.f32(y.ptr, elements(shape));
    const { mean, inverse } = moments(from, shape, axes, attrs);
    eachLine(shape, axes, (at, line, length, step) => {
      for (let i = 0; i < length; i++) {
        const k = line + i * step;
        to[at + i] = (from[at + i]! - mean[k]!) * inverse[k]!;
      }
    });
  },
  backward({ heap }, { attrs, inputs: [x], dy, dInputs: [dx] }) {
    if (!dx) return;
    const { shape } = dx;
    const axes = resolveAxes(attrs.axes, shape.length, "standardize");
    const from = heap.f32(x!.ptr, elements(shape));
    const gradient = heap.f32(dy.ptr, elements(shape));
    const result = heap.f32(dx.ptr, elements(shape));
    const { mean, inverse } = moments(from, shape, axes, attrs);
    const unit = (i: number, k: number): number => (from[i]! - mean[k]!) * inverse[k]!;
    const shift = attrs.center ? means(shape, axes, (i) => gradient[i]!) : new Float64Array(mean.length);
    const slant = means(shape, axes, (i, k) => gradient[i]! * unit(i, k));
    eachLine(shape, axes, (at, line, length, step) => {
      for (let i = at; i < at + length; i++) {
        const k = line + (i - at) * step;
        result[i]! += inverse[k]! * (gradient[i]! - shift[k]! - unit(i, k) * slant[k]!);
      }
    });
  },
});

/** The mean that is taken off, and what the rest is multiplied by. */
function moments(
  x: Float32Array,
  shape: readonly number[],
  axes: ReadonlySet<number>,
  { center, epsilon }: StandardizeAttrs,
): { mean: Float64Array; inverse: Float64Array } {
  const mean = means(shape, axes, center ? (i) => x[i]! : () => 0);
  const variance = means(shape, axes, (i, k) => (x[i]! - mean[k]!) ** 2);
  return { mean, inverse: variance.map((value) => 1 / Math.sqrt(value + epsilon)) };
}

/** The mean over `axes` of a function of the element and of the group it belongs to. */
function means(
  shape: readonly number[],
  axes: ReadonlySet<number>,
  of: (element: number, group: number) => number,
): Float64Array {
  const sums = new Float64Array(elements(withoutAxes(shape, axes)));
  eachLine(shape, axes, (at, line, length, step) => {
    for (let i = 0; i < length; i++) sums[line + i * step]! += of(at + i, line + i * step);
  });
  const count = elements(shape) / sums.length;
  return sums.map((sum) => sum / count);
}
