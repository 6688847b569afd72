/** Functions of one variable that have no kernel, with their derivatives; computed in f64. At a corner a slope is that of the flat side. */
import { erf, erfSlope } from "./erf.ts";

/** f(x), where alpha and beta mean what stands beside the function. */
type Scalar = (x: number, alpha: number, beta: number) => number;

interface UnaryFunction {
  readonly value: Scalar;
  /** f′(x); undefined where f is constant piece by piece: its gradient is 0. */
  readonly slope?: Scalar;
  /** Which attributes it has. */
  readonly scalars?: readonly ("alpha" | "beta")[];
}

/** To the nearest integer, halves to the even one: IEEE 754, NumPy, ONNX. */
function roundToEven(x: number): number {
  const up = Math.round(x);
  return up - x === 0.5 && up % 2 !== 0 ? up - 1 : up;
}

const logistic = (x: number): number => 1 / (1 + Math.exp(-x));

export const UNARY = {
  abs: { value: Math.abs, slope: Math.sign },
  acos: { value: Math.acos, slope: (x) => -1 / Math.sqrt(1 - x * x) },
  acosh: { value: Math.acosh, slope: (x) => 1 / Math.sqrt(x * x - 1) },
  asin: { value: Math.asin, slope: (x) => 1 / Math.sqrt(1 - x * x) },
  asinh: { value: Math.asinh, slope: (x) => 1 / Math.sqrt(1 + x * x) },
  atan: { value: Math.atan, slope: (x) => 1 / (1 + x * x) },
  atanh: { value: Math.atanh, slope: (x) => 1 / (1 - x * x) },
  ceil: { value: Math.ceil },
  cos: { value: Math.cos, slope: (x) => -Math.sin(x) },
  cosh: { value: Math.cosh, slope: Math.sinh },
  erf: { value: erf, slope: erfSlope },
  expm1: { value: Math.expm1, slope: Math.exp },
  floor: { value: Math.floor },
  /** x where |x| > alpha, else 0. */
  hardShrink: {
    value: (x, alpha) => (Math.abs(x) <= alpha ? 0 : x),
    slope: (x, alpha) => (Math.abs(x) <= alpha ? 0 : 1),
    scalars: ["alpha"],
  },
  log: { value: Math.log, slope: (x) => 1 / x },
  log1p: { value: Math.log1p, slope: (x) => 1 / (1 + x) },
  /** ln(1 / (1 + e⁻ˣ)) */
  logSigmoid: {
    value: (x) => Math.min(x, 0) - Math.log1p(Math.exp(-Math.abs(x))),
    slope: (x) => logistic(-x),
  },
  neg: { value: (x) => -x, slope: () => -1 },
  reciprocal: { value: (x) => 1 / x, slope: (x) => -1 / (x * x) },
  round: { value: roundToEven },
  rsqrt: { value: (x) => 1 / Math.sqrt(x), slope: (x) => -0.5 / (x * Math.sqrt(x)) },
  sign: { value: Math.sign },
  sin: { value: Math.sin, slope: Math.cos },
  sinh: { value: Math.sinh, slope: Math.cosh },
  /** x − beta above alpha, x + beta below −alpha, 0 between. Of most frameworks alpha and beta are one number; of ONNX two. */
  softShrink: {
    value: (x, alpha, beta) => (Math.abs(x) <= alpha ? 0 : x - Math.sign(x) * beta),
    slope: (x, alpha) => (Math.abs(x) <= alpha ? 0 : 1),
    scalars: ["alpha", "beta"],
  },
  /** 0 below −1, x above 1, and ¼·(x + 1)² between. */
  sparsePlus: {
    value: (x) => (x <= -1 ? 0 : x >= 1 ? x : 0.25 * (x + 1) ** 2),
    slope: (x) => (x <= -1 ? 0 : x >= 1 ? 1 : 0.5 * (x + 1)),
  },
  sqrt: { value: Math.sqrt, slope: (x) => 0.5 / Math.sqrt(x) },
  square: { value: (x) => x * x, slope: (x) => 2 * x },
  /** ½·(x + √(x² + alpha)) */
  squareplus: {
    value: (x, alpha) => 0.5 * (x + Math.sqrt(x * x + alpha)),
    slope: (x, alpha) => 0.5 + (0.5 * x) / Math.sqrt(x * x + alpha),
    scalars: ["alpha"],
  },
  tan: { value: Math.tan, slope: (x) => 1 + Math.tan(x) ** 2 },
  /** x where x > alpha, else beta. */
  threshold: {
    value: (x, alpha, beta) => (x <= alpha ? beta : x),
    slope: (x, alpha) => (x <= alpha ? 0 : 1),
    scalars: ["alpha", "beta"],
  },
} as const satisfies Readonly<Record<string, UnaryFunction>>;

export type UnaryName = keyof typeof UNARY;

/** With all that is optional. */
export const unaryFunction = (name: UnaryName): UnaryFunction => UNARY[name];
