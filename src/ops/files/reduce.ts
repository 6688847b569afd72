import { elements } from "../../shape.ts";
import type { Tensor } from "../../wasm/memory.ts";
import { addReduced, applyBroadcast, scratchBroadcast } from "../broadcast.ts";
import { checkAttr, inputShape } from "../check.ts";
import { defineOp, type OpContext } from "../op.ts";
import { workInJavaScript } from "../work.ts";
import { eachElement, foldGroups, joinedShape, logSumExp, resolveAxes } from "./over-axes.ts";

/** How the elements of a group become one number: add(… add(start, x₀) …, xₙ₋₁). */
interface Fold {
  readonly start: number;
  readonly add: (sum: number, x: number, y: number) => number;
}

interface Reduction extends Fold {
  /** What is done with the sum. */
  readonly end?: (sum: number, count: number) => number;
  /** ∂y/∂x, from the tallies as well. */
  readonly slope: (x: number, y: number, count: number, first: number, second: number) => number;
  /** What the slope wants to know about all elements that became y: at most two. */
  readonly tallies?: readonly Fold[];
}

const TIES: Fold = { start: 0, add: (ties, x, y) => (x === y ? ties + 1 : ties) };
const ZEROS: Fold = { start: 0, add: (zeros, x) => (x === 0 ? zeros + 1 : zeros) };
const PRODUCT_OF_OTHERS: Fold = { start: 1, add: (product, x) => (x === 0 ? product : product * x) };
const sharedByTies: Reduction["slope"] = (x, y, _count, ties) => (x === y ? 1 / ties : 0);

const REDUCTIONS = {
  max: { start: -Infinity, add: (top, x) => Math.max(top, x), slope: sharedByTies, tallies: [TIES] },
  min: { start: Infinity, add: (least, x) => Math.min(least, x), slope: sharedByTies, tallies: [TIES] },
  prod: {
    start: 1,
    add: (product, x) => product * x,
    slope: (x, _y, _count, zeros, others) => (zeros === 0 ? others / x : zeros === 1 && x === 0 ? others : 0),
    tallies: [ZEROS, PRODUCT_OF_OTHERS],
  },
  l1: { start: 0, add: (sum, x) => sum + Math.abs(x), slope: (x) => Math.sign(x) },
  logSum: { start: 0, add: (sum, x) => sum + x, end: Math.log, slope: (_x, y) => Math.exp(-y) },
  logSumExp: { start: 0, add: (sum, x) => sum + Math.exp(x), slope: (x, y) => Math.exp(x - y) },
} as const satisfies Readonly<Record<string, Reduction>>;

/** y = end(Σ x) or end(Σ x²): networks have these where pictures are large, and there are kernels for sums and products. */
interface Sum {
  readonly squared: boolean;
  readonly end?: (sum: number, count: number) => number;
  /** ∂y/∂x, of squares ∂y/∂x / x. */
  readonly slope: (y: number, count: number) => number;
}

const SUMS = {
  sum: { squared: false, slope: () => 1 },
  mean: { squared: false, end: (sum, count) => sum / count, slope: (_y, count) => 1 / count },
  l2: { squared: true, end: Math.sqrt, slope: (y) => (y === 0 ? 0 : 1 / y) },
  sumSquare: { squared: true, slope: () => 2 },
} as const satisfies Readonly<Record<string, Sum>>;

type SumFunction = keyof typeof SUMS;
type ReduceFunction = keyof typeof REDUCTIONS | SumFunction;

const isSum = (fn: ReduceFunction): fn is SumFunction => Object.hasOwn(SUMS, fn);

export interface ReduceAttrs {
  readonly fn: ReduceFunction;
  /** Which axes become one element; negative ones count from the end. */
  readonly axes: readonly number[];
  /** They stay as axes of size 1. */
  readonly keepDims: boolean;
}

/** Their slopes see nothing but how many elements there are. */
const isLinear = (fn: ReduceFunction): boolean => fn === "sum" || fn === "mean";

/** y = fn of the elements along some axes. Elements that tie for an extreme share its gradient evenly, as in Keras. */
export const reduce = defineOp<ReduceAttrs>({
  inputs: ["x"],
  reads: ({ fn }) => ({ x: isLinear(fn) ? [] : ["x", "y"] }),
  shape(inputs, { fn, axes, keepDims }, where) {
    const x = inputShape(inputs, 0, "x", where);
    const known = [...Object.keys(SUMS), ...Object.keys(REDUCTIONS)];
    checkAttr(known.includes(fn), where, "fn", known.join(" or "), fn);
    const gone = resolveAxes(axes, x.length, where);
    return keepDims ? joinedShape(x, gone) : x.filter((_, axis) => !gone.has(axis));
  },
  work: (inputs, y, { fn }) => (isSum(fn) ? undefined : workInJavaScript(inputs, y)),
  forward(ctx, [x], y, { fn, axes }) {
    const { shape } = x!;
    const gone = resolveAxes(axes, shape.length, "reduce");
    if (isSum(fn)) {
      sumUp(ctx, x!, { ...y, shape: joinedShape(shape, gone) }, SUMS[fn]);
      return;
    }
    const from = ctx.heap.f32(x!.ptr, elements(shape));
    const to = ctx.heap.f32(y.ptr, elements(y.shape));
    if (fn === "logSumExp") to.set(logSumExp(from, shape, gone));
    else {
      const { start, add, end = (sum) => sum }: Reduction = REDUCTIONS[fn];
      const sums = foldGroups(shape, gone, start, (sum, i) => add(sum, from[i]!, 0));
      to.set(sums.map((sum) => end(sum, from.length / to.length)));
    }
  },
  backward(ctx, { attrs: { fn, axes }, inputs: [x], y, dy, dInputs: [dx] }) {
    if (!dx) return;
    const { heap } = ctx;
    const gone = resolveAxes(axes, dx.shape.length, "reduce");
    if (isSum(fn)) {
      const joined = joinedShape(dx.shape, gone);
      addSlopes(ctx, { x, y: y && { ...y, shape: joined }, dy: { ...dy, shape: joined }, dx }, fn);
      return;
    }
    const [gradient, to] = [heap.f32(dy.ptr, elements(dy.shape)), heap.f32(dx.ptr, elements(dx.shape))];
    const [xs, ys] = [heap.f32(x!.ptr, to.length), heap.f32(y!.ptr, gradient.length)];
    const { slope, tallies = [] }: Reduction = REDUCTIONS[fn];
    const [first, second] = tallies.map(({ start, add }) =>
      foldGroups(dx.shape, gone, start, (sum, i, k) => add(sum, xs[i]!, ys[k]!)),
    );
    const count = to.length / gradient.length;
    eachElement(dx.shape, gone, (i, k) => {
      to[i]! += gradient[k]! * slope(xs[i]!, ys[k]!, count, first?.[k] ?? 0, second?.[k] ?? 0);
    });
  },
});

/** @param y with the axes that are gone as axes of 1 */
function sumUp(ctx: OpContext, x: Tensor, y: Tensor, { squared, end }: Sum): void {
  const terms = squared ? scratchBroadcast(ctx, "mul", x, x) : x;
  const sums = ctx.heap.f32(y.ptr, elements(y.shape)).fill(0);
  addReduced(ctx, terms, y, 1);
  if (end) for (let k = 0; k < sums.length; k++) sums[k] = end(sums[k]!, elements(x.shape) / sums.length);
}

/** dx += slope·dy, of squares slope·dy·x. */
function addSlopes(
  ctx: OpContext,
  { x, y, dy, dx }: { x: Tensor | undefined; y: Tensor | undefined; dy: Tensor; dx: Tensor },
  fn: SumFunction,
): void {
  const { squared, slope }: Sum = SUMS[fn];
  const groups = elements(dy.shape);
  const factor: Tensor = { shape: dy.shape, ptr: ctx.scratch(groups * 4), dtype: "f32" };
  const [slopes, gradient] = [ctx.heap.f32(factor.ptr, groups), ctx.heap.f32(dy.ptr, groups)];
  // What was not promised is not there: the slope of a sum does not look at it.
  const answers = isLinear(fn) ? gradient : ctx.heap.f32(y!.ptr, groups);
  const count = elements(dx.shape) / groups;
  for (let k = 0; k < groups; k++) slopes[k] = gradient[k]! * slope(answers[k]!, count);
  if (squared) addReduced(ctx, scratchBroadcast(ctx, "mul", x!, factor), dx, 1);
  else applyBroadcast(ctx, "add", dx, factor, dx);
}
