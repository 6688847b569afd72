/** f64 twins of the functions by element that have no kernel of their own: each is its formula. */
import type { CompareAttrs } from "../../src/ops/files/compare.ts";
import type { NoAttrs } from "../../src/ops/op.ts";
import type { UnaryAttrs } from "../../src/ops/files/unary.ts";
import { broadcast } from "../../src/shape.ts";
import { eachIndex, mapValues, type NDArray, ndarray, offsetOf, required, type Twin } from "./ndarray.ts";
import { normalCdf } from "./special.ts";

const FUNCTIONS: Readonly<Record<UnaryAttrs["fn"], (x: number, alpha: number, beta: number) => number>> = {
  abs: (x) => Math.max(x, -x),
  acos: Math.acos,
  acosh: (x) => Math.log(x + Math.sqrt(x * x - 1)),
  asin: Math.asin,
  asinh: (x) => Math.log(x + Math.sqrt(x * x + 1)),
  atan: Math.atan,
  atanh: (x) => Math.log((1 + x) / (1 - x)) / 2,
  ceil: (x) => -Math.floor(-x),
  cos: Math.cos,
  cosh: (x) => (Math.exp(x) + Math.exp(-x)) / 2,
  erf: (x) => 2 * normalCdf(x * Math.SQRT2) - 1,
  expm1: (x) => Math.exp(x) - 1,
  floor: (x) => Math.floor(x),
  hardShrink: (x, alpha) => (x > alpha || x < -alpha || Number.isNaN(x) ? x : 0),
  log: Math.log,
  log1p: (x) => Math.log(1 + x),
  logSigmoid: (x) => Math.log(1 / (1 + Math.exp(-x))),
  neg: (x) => 0 - x,
  reciprocal: (x) => x ** -1,
  round: (x) => {
    const below = Math.floor(x);
    const part = x - below;
    return part > 0.5 || (part === 0.5 && below % 2 !== 0) ? below + 1 : below;
  },
  rsqrt: (x) => x ** -0.5,
  sign: (x) => (x > 0 ? 1 : x < 0 ? -1 : x),
  sin: Math.sin,
  sinh: (x) => (Math.exp(x) - Math.exp(-x)) / 2,
  softShrink: (x, alpha, beta) => (x > alpha ? x - beta : x < -alpha ? x + beta : 0 * x),
  sparsePlus: (x) => (x < -1 ? 0 : x > 1 ? x : (x + 1) ** 2 / 4),
  sqrt: (x) => x ** 0.5,
  square: (x) => x ** 2,
  squareplus: (x, alpha) => (x + Math.sqrt(x ** 2 + alpha)) / 2,
  tan: (x) => Math.sin(x) / Math.cos(x),
  threshold: (x, alpha, beta) => (x > alpha || Number.isNaN(x) ? x : beta),
};

export const unary: Twin<UnaryAttrs> = (inputs, { fn, alpha = 0, beta = 0 }) =>
  mapValues(required(inputs, 0), (x) => FUNCTIONS[fn](x, alpha, beta));

/** With NumPy broadcasting of all operands. */
function together(operands: readonly NDArray[], f: (...values: readonly number[]) => number): NDArray {
  const shape = operands.reduce<readonly number[]>((whole, one) => broadcast(whole, one.shape, "twin"), []);
  const y = ndarray(shape);
  eachIndex(shape, (index, offset) => {
    y.data[offset] = f(
      ...operands.map((one) => one.data[offsetOf(one.shape, index.slice(shape.length - one.shape.length))]!),
    );
  });
  return y;
}

export const pow: Twin<NoAttrs> = (inputs) =>
  together([required(inputs, 0), required(inputs, 1)], (a, b) => Math.pow(a, b));

export const where: Twin<NoAttrs> = (inputs) =>
  together([required(inputs, 0), required(inputs, 1), required(inputs, 2)], (taken, a, b) => (taken === 0 ? b : a));

export const compare: Twin<CompareAttrs> = (inputs, { fn }) =>
  together([required(inputs, 0), required(inputs, 1)], (a, b) => {
    const [isLess, isEqual, isGreater] = [a < b, a === b, a > b];
    const holds = {
      less: isLess,
      lessOrEqual: isLess || isEqual,
      greater: isGreater,
      greaterOrEqual: isGreater || isEqual,
      equal: isEqual,
      notEqual: !isEqual,
    };
    return holds[fn] ? 1 : 0;
  });
