import { elements, type Shape } from "../../shape.ts";
import type { Tensor } from "../../wasm/memory.ts";
import { addReduced, applyBroadcast, scratchBroadcast } from "../broadcast.ts";
import { checkAttr, inputShape } from "../check.ts";
import { defineOp, type OpContext } from "../op.ts";
import { eachRun, joinedShape, resolveAxes } from "./over-axes.ts";

export interface StandardizeAttrs {
  /** Over which mean and variance are taken; negative ones count from the end. */
  readonly axes: readonly number[];
  readonly epsilon: number;
  /** Whether the mean is taken off: not in root-mean-square normalisation. */
  readonly center: boolean;
}

/**
 * y = (x − μ)·r, r = 1/√(mean of (x − μ)² + epsilon), or 0 where that root is 0, μ the mean over `axes`, or 0 without `center`;
 * dx = r·(dy − [center]·mean dy − y·mean(dy·y)).
 * Forward by the kernels of sums and of arithmetic; the gradient, of which little may be left after its subtractions, in f64.
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
  forward(ctx, [x], y, { axes, epsilon, center }) {
    const joined = joinedShape(y.shape, resolveAxes(axes, y.shape.length, "standardize"));
    if (center) applyBroadcast(ctx, "sub", x!, means(ctx, x!, joined), y);
    const away = center ? y : x!;
    const scale = means(ctx, scratchBroadcast(ctx, "mul", away, away), joined);
    const r = ctx.heap.f32(scale.ptr, elements(joined));
    for (let k = 0; k < r.length; k++) r[k] = inverseRoot(r[k]! + epsilon);
    applyBroadcast(ctx, "mul", away, scale, y);
  },
  backward({ heap }, { attrs, inputs: [x], dy, dInputs: [dx] }) {
    if (!dx) return;
    const n = elements(dx.shape);
    addGradient(heap.f32(x!.ptr, n), heap.f32(dy.ptr, n), heap.f32(dx.ptr, n), dx.shape, attrs);
  },
});

/** What does not vary answers 0 also without an epsilon, not the NaN of 0·∞. */
const inverseRoot = (variance: number): number => (variance === 0 ? 0 : 1 / Math.sqrt(variance));

/** The mean of each group of x, in scratch. @param joined the shape of all groups, an element for each */
function means(ctx: OpContext, x: Tensor, joined: Shape): Tensor {
  const count = elements(joined);
  const y: Tensor = { shape: joined, ptr: ctx.scratch(count * 4), dtype: "f32" };
  ctx.heap.f32(y.ptr, count).fill(0);
  addReduced(ctx, x, y, count / elements(x.shape));
  return y;
}

/** dx += r·(dy − shift − (x − mean)·slant), with slant = r²·mean(dy·(x − mean)). */
function addGradient(
  x: Float32Array,
  dy: Float32Array,
  dx: Float32Array,
  shape: Shape,
  { axes: named, center, epsilon }: StandardizeAttrs,
): void {
  const axes = resolveAxes(named, shape.length, "standardize");
  const groups = elements(joinedShape(shape, axes));
  const share = groups / x.length;
  const [mean, shift, variance, slant] = Array.from({ length: 4 }, () => new Float64Array(groups)) as Moments;
  if (center) {
    eachRun(shape, axes, (from, group, size, step) => {
      for (let i = from, k = group; i < from + size; i++, k += step) {
        mean[k]! += x[i]! * share;
        shift[k]! += dy[i]! * share;
      }
    });
  }
  eachRun(shape, axes, (from, group, size, step) => {
    for (let i = from, k = group; i < from + size; i++, k += step) {
      const away = x[i]! - mean[k]!;
      variance[k]! += away * away * share;
      slant[k]! += away * dy[i]! * share;
    }
  });
  const r = variance.map((value) => inverseRoot(value + epsilon));
  eachRun(shape, axes, (from, group, size, step) => {
    for (let i = from, k = group; i < from + size; i++, k += step) {
      dx[i]! += r[k]! * (dy[i]! - shift[k]! - (x[i]! - mean[k]!) * r[k]! * r[k]! * slant[k]!);
    }
  });
}

type Moments = [mean: Float64Array, shift: Float64Array, variance: Float64Array, slant: Float64Array];
