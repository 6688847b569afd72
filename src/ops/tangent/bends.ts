/** Second derivatives f″(x) of the activations, in f64; 0 where f is linear piece by piece. Their first derivatives are kernels. */
import type { EluAttrs, GeluAttrs } from "../files/activations.ts";

/** @param attrs of the activation that is meant */
type Bend = (x: number, attrs: unknown) => number;

const logistic = (x: number): number => 1 / (1 + Math.exp(-x));
const none: Bend = () => 0;

/** σ″(x) = s·(1 − s)·(1 − 2s) */
const ofSigmoid = (x: number): number => {
  const s = logistic(x);
  return s * (1 - s) * (1 - 2 * s);
};

/** σ′(x) */
const slopeOfSigmoid = (x: number): number => {
  const s = logistic(x);
  return s * (1 - s);
};

/** (x·σ(u))″ = 2·σ′·u′ + x·(σ″·u′² + σ′·u″) */
const gated = (x: number, [u, first, second]: readonly [u: number, first: number, second: number]): number =>
  2 * slopeOfSigmoid(u) * first + x * (ofSigmoid(u) * first ** 2 + slopeOfSigmoid(u) * second);

/** 2·√(2/π), of the tanh form of gelu, which is x·σ(GELU_SCALE·(x + GELU_CUBE·x³)). */
const GELU_SCALE = 2 * Math.sqrt(2 / Math.PI);
const GELU_CUBE = 0.044715;

/** Klambauer et al., arXiv 1706.02515, eq. 14: scale times alpha. */
const SELU = 1.0507009873554805 * 1.6732632423543772;

/** (x·tanh(p))″ with p = ln(1 + eˣ), p′ = σ, and tanh″ = −2·tanh·tanh′ */
const ofMish = (x: number): number => {
  const p = Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
  const t = Math.tanh(p);
  const flat = 1 - t * t;
  const s = logistic(x);
  return 2 * flat * s + x * flat * (slopeOfSigmoid(x) - 2 * t * s * s);
};

const below = (x: number, scale: number): number => (x > 0 ? 0 : scale * Math.exp(x));

export const BENDS = {
  clippedRelu: none,
  elu: (x, attrs) => below(x, (attrs as EluAttrs).alpha),
  exponential: Math.exp,
  gelu: (x, attrs) => {
    if (!(attrs as GeluAttrs).approximate) return (Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)) * (2 - x * x);
    const u = GELU_SCALE * (x + GELU_CUBE * x ** 3);
    return gated(x, [u, GELU_SCALE * (1 + 3 * GELU_CUBE * x * x), GELU_SCALE * 6 * GELU_CUBE * x]);
  },
  hardSigmoid: none,
  hardSwish: (x) => (Math.abs(x) < 3 ? 1 / 3 : 0),
  leakyRelu: none,
  mish: ofMish,
  relu: none,
  selu: (x) => below(x, SELU),
  sigmoid: ofSigmoid,
  softplus: slopeOfSigmoid,
  softsign: (x) => (-2 * Math.sign(x)) / (1 + Math.abs(x)) ** 3,
  swish: (x) => gated(x, [x, 1, 0]),
  tanh: (x) => {
    const t = Math.tanh(x);
    return -2 * t * (1 - t * t);
  },
} as const satisfies Readonly<Record<string, Bend>>;
