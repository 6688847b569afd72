import { elements, type Shape } from "../../shape.ts";
import { checkAttr, inputShape } from "../check.ts";
import { defineOp } from "../op.ts";
import { eachElement, foldGroups, resolveAxes } from "./over-axes.ts";

export interface StandardizeAttrs {
  /** Over which mean and variance are taken; negative ones count from the end. */
  readonly axes: readonly number[];
  readonly epsilon: number;
  /** Whether the mean is taken off: not in root-mean-square normalisation. */
  readonly center: boolean;
}

/**
 * y = (x − μ)·r, r = 1/√(mean of (x − μ)² + epsilon), or 0 where that root is 0, μ the mean over `axes`, or 0 without `center`;
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
    const axes = resolveAxes(attrs.axes, y.shape.length, "standardize");
    const [from, to] = [heap.f32(x!.ptr, elements(y.shape)), heap.f32(y.ptr, elements(y.shape))];
    const { mean, inverse } = moments(from, y.shape, axes, attrs);
    eachElement(y.shape, axes, (i, k) => {
      to[i] = (from[i]! - mean[k]!) * inverse[k]!;
    });
  },
  backward({ heap }, { attrs, inputs: [x], dy, dInputs: [dx] }) {
    if (!dx) return;
    const { shape } = dx;
    const n = elements(shape);
    const axes = resolveAxes(attrs.axes, shape.length, "standardize");
    const [from, gradient, to] = [heap.f32(x!.ptr, n), heap.f32(dy.ptr, n), heap.f32(dx.ptr, n)];
    const { mean, inverse } = moments(from, shape, axes, attrs);
    const unit = (i: number, k: number): number => (from[i]! - mean[k]!) * inverse[k]!;
    const shift = meansOf(shape, axes, (i) => (attrs.center ? gradient[i]! : 0));
    const slant = meansOf(shape, axes, (i, k) => gradient[i]! * unit(i, k));
    eachElement(shape, axes, (i, k) => {
      to[i]! += inverse[k]! * (gradient[i]! - shift[k]! - unit(i, k) * slant[k]!);
    });
  },
});

/** The mean that is taken off, and what the rest is multiplied by. */
function moments(
  x: Float32Array,
  shape: Shape,
  axes: ReadonlySet<number>,
  { center, epsilon }: StandardizeAttrs,
): { mean: Float64Array; inverse: Float64Array } {
  const mean = meansOf(shape, axes, (i) => (center ? x[i]! : 0));
  const variance = meansOf(shape, axes, (i, k) => (x[i]! - mean[k]!) ** 2);
  // What does not vary answers 0 also without an epsilon, not the NaN of 0·∞.
  return { mean, inverse: variance.map((value) => (value + epsilon === 0 ? 0 : 1 / Math.sqrt(value + epsilon))) };
}

/** The mean of each group, of a function of element and group. */
function meansOf(
  shape: Shape,
  axes: ReadonlySet<number>,
  of: (element: number, group: number) => number,
): Float64Array {
  const sums = foldGroups(shape, axes, 0, (sum, i, k) => sum + of(i, k));
  const count = elements(shape) / sums.length;
  return sums.map((sum) => sum / count);
}
