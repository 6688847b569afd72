import { elements } from "../../shape.ts";
import { checkAttr, inputShape } from "../check.ts";
import { defineOp } from "../op.ts";
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
  sum: { start: 0, add: (sum, x) => sum + x, slope: () => 1 },
  mean: { start: 0, add: (sum, x) => sum + x, end: (sum, count) => sum / count, slope: (_x, _y, count) => 1 / count },
  max: { start: -Infinity, add: (top, x) => Math.max(top, x), slope: sharedByTies, tallies: [TIES] },
  min: { start: Infinity, add: (least, x) => Math.min(least, x), slope: sharedByTies, tallies: [TIES] },
  prod: {
    start: 1,
    add: (product, x) => product * x,
    slope: (x, _y, _count, zeros, others) => (zeros === 0 ? others / x : zeros === 1 && x === 0 ? others : 0),
    tallies: [ZEROS, PRODUCT_OF_OTHERS],
  },
  l1: { start: 0, add: (sum, x) => sum + Math.abs(x), slope: (x) => Math.sign(x) },
  l2: { start: 0, add: (sum, x) => sum + x * x, end: Math.sqrt, slope: (x, y) => (y === 0 ? 0 : x / y) },
  sumSquare: { start: 0, add: (sum, x) => sum + x * x, slope: (x) => 2 * x },
  logSum: { start: 0, add: (sum, x) => sum + x, end: Math.log, slope: (_x, y) => Math.exp(-y) },
  logSumExp: { start: 0, add: (sum, x) => sum + Math.exp(x), slope: (x, y) => Math.exp(x - y) },
} as const satisfies Readonly<Record<string, Reduction>>;

type ReduceFunction = keyof typeof REDUCTIONS;

export interface ReduceAttrs {
  readonly fn: ReduceFunction;
  /** Which axes become one element; negative ones count from the end. */
  readonly axes: readonly number[];
  /** They stay as axes of size 1. */
  readonly keepDims: boolean;
}

/** Their slopes see nothing but how many elements there are. */
const isMean = (fn: ReduceFunction): boolean => fn === "sum" || fn === "mean";

/** y = fn of the elements along some axes. Elements that tie for an extreme share its gradient evenly, as in Keras. */
export const reduce = defineOp<ReduceAttrs>({
  inputs: ["x"],
  reads: ({ fn }) => ({ x: isMean(fn) ? [] : ["x", "y"] }),
  shape(inputs, { fn, axes, keepDims }, where) {
    const x = inputShape(inputs, 0, "x", where);
    checkAttr(Object.hasOwn(REDUCTIONS, fn), where, "fn", Object.keys(REDUCTIONS).join(" or "), fn);
    const gone = resolveAxes(axes, x.length, where);
    return keepDims ? joinedShape(x, gone) : x.filter((_, axis) => !gone.has(axis));
  },
  forward({ heap }, [x], y, { fn, axes }) {
    const { shape } = x!;
    const gone = resolveAxes(axes, shape.length, "reduce");
    const from = heap.f32(x!.ptr, elements(shape));
    const to = heap.f32(y.ptr, elements(y.shape));
    if (fn === "logSumExp") to.set(logSumExp(from, shape, gone));
    else {
      const { start, add, end = (sum) => sum }: Reduction = REDUCTIONS[fn];
      const sums = foldGroups(shape, gone, start, (sum, i) => add(sum, from[i]!, 0));
      to.set(sums.map((sum) => end(sum, from.length / to.length)));
    }
  },
  backward({ heap }, { attrs: { fn, axes }, inputs: [x], y, dy, dInputs: [dx] }) {
    if (!dx) return;
    const gone = resolveAxes(axes, dx.shape.length, "reduce");
    const [gradient, to] = [heap.f32(dy.ptr, elements(dy.shape)), heap.f32(dx.ptr, elements(dx.shape))];
    // What was not promised is not there; others stand in for it unseen.
    const [xs, ys] = isMean(fn) ? [to, gradient] : [heap.f32(x!.ptr, to.length), heap.f32(y!.ptr, gradient.length)];
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
