/** y = f(x), element by element: the activations that networks from files may have beside those of ../activations.ts. */
import { activation } from "../activations.ts";
import { checkAttr } from "../check.ts";

/** Keeps the sign of x readable from y. */
const checkSlope = (alpha: number, where: string): void =>
  checkAttr(Number.isFinite(alpha) && alpha >= 0, where, "alpha", "≥ 0", alpha);

export interface LeakyReluAttrs {
  /** Slope below zero. */
  readonly alpha: number;
}

/** x > 0 ? x : alpha·x */
export const leakyRelu = activation<LeakyReluAttrs>({
  kernel: "leakyRelu",
  gradientFrom: "y",
  scalars: ({ alpha }) => [alpha, 0],
  check: ({ alpha }, where) => checkSlope(alpha, where),
});

export interface EluAttrs {
  /** Minus the limit at −∞. */
  readonly alpha: number;
}

/** x > 0 ? x : alpha·(eˣ − 1). Clevert, Unterthiner & Hochreiter, arXiv 1511.07289. */
export const elu = activation<EluAttrs>({
  kernel: "elu",
  gradientFrom: "y",
  scalars: ({ alpha }) => [alpha, 1],
  check: ({ alpha }, where) => checkSlope(alpha, where),
});

/** Klambauer et al., arXiv 1706.02515, eq. 14: the fixed point of mean 0 and variance 1. */
const SELU_ALPHA = 1.6732632423543772;
const SELU_SCALE = 1.0507009873554805;

/** SELU_SCALE·(x > 0 ? x : SELU_ALPHA·(eˣ − 1)) */
export const selu = activation({
  kernel: "elu",
  gradientFrom: "y",
  scalars: () => [SELU_SCALE * SELU_ALPHA, SELU_SCALE],
});

/** (eˣ − e⁻ˣ) / (eˣ + e⁻ˣ) */
export const tanh = activation({ kernel: "tanh", gradientFrom: "y" });

export interface GeluAttrs {
  /** The tanh form instead of the exact one. */
  readonly approximate: boolean;
}

/** x·Φ(x) with the normal distribution function, or its tanh approximation. Hendrycks & Gimpel, arXiv 1606.08415. */
export const gelu = activation<GeluAttrs>({
  kernel: ({ approximate }) => (approximate ? "geluTanh" : "gelu"),
  gradientFrom: "x",
});

/** ln(1 + eˣ) */
export const softplus = activation({ kernel: "softplus", gradientFrom: "x" });

/** x·tanh(ln(1 + eˣ)). Misra, arXiv 1908.08681. */
export const mish = activation({ kernel: "mish", gradientFrom: "x" });

/** eˣ */
export const exponential = activation({ kernel: "exponential", gradientFrom: "y" });

/** x / (1 + |x|) */
export const softsign = activation({ kernel: "softsign", gradientFrom: "x" });
