/** f64 twins of the activations: each is its formula. Math.max and Math.min keep NaN. */
import type { ClippedReluAttrs, HardSigmoidAttrs, ReluAttrs } from "../../src/ops/activations.ts";
import type { EluAttrs, GeluAttrs, LeakyReluAttrs } from "../../src/ops/files/activations.ts";
import type { NoAttrs } from "../../src/ops/op.ts";
import { mapValues, required, type Twin } from "./ndarray.ts";
import { normalCdf } from "./special.ts";

const pointwise =
  <Attrs = NoAttrs>(f: (x: number, attrs: Attrs) => number): Twin<Attrs> =>
  (inputs, attrs) =>
    mapValues(required(inputs, 0), (x) => f(x, attrs));

const logistic = (x: number): number => 1 / (1 + Math.exp(-x));
const softplusOf = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
const clip = (x: number, low: number, high: number): number => Math.min(Math.max(x, low), high);

export const relu = pointwise<ReluAttrs>((x) => Math.max(x, 0));
export const clippedRelu = pointwise<ClippedReluAttrs>((x, { max }) => clip(x, 0, max));
export const leakyRelu = pointwise<LeakyReluAttrs>((x, { alpha }) => (x > 0 ? x : alpha * x));
export const elu = pointwise<EluAttrs>((x, { alpha }) => (x > 0 ? x : alpha * Math.expm1(x)));
export const selu = pointwise((x) => 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * Math.expm1(x)));
export const sigmoid = pointwise(logistic);
export const hardSigmoid = pointwise<HardSigmoidAttrs>((x, { alpha, beta }) => clip(alpha * x + beta, 0, 1));
export const swish = pointwise((x) => x * logistic(x));
export const hardSwish = pointwise((x) => (x * clip(x + 3, 0, 6)) / 6);
export const tanh = pointwise(Math.tanh);
export const softplus = pointwise(softplusOf);
export const mish = pointwise((x) => x * Math.tanh(softplusOf(x)));
export const exponential = pointwise(Math.exp);
export const softsign = pointwise((x) => x / (1 + Math.abs(x)));
export const gelu = pointwise<GeluAttrs>((x, { approximate }) =>
  approximate ? 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))) : x * normalCdf(x),
);
