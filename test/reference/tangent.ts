/** f64 twins of how operators change along a direction: differences of the operators' own twins, and the places of maxima. */
import type { ClippedReluAttrs, HardSigmoidAttrs } from "../../src/ops/activations.ts";
import type { LeakyReluAttrs } from "../../src/ops/files/activations.ts";
import type { AtMaximumAttrs } from "../../src/ops/tangent/at-maximum.ts";
import type { DerivativeAttrs } from "../../src/ops/tangent/derivative.ts";
import * as activations from "./activations.ts";
import { eachIndex, type NDArray, ndarray, required, type Twin } from "./ndarray.ts";
import { softmax } from "./normalize.ts";
import { maxPool, tapsOf } from "./pool.ts";

/** Of a central difference of fourth order: its error is about its fourth power. */
const STEP = 1e-3;

/** t behind a gate that is open, or 0: what a gate does not let through may be NaN. */
const gated =
  <Attrs>(isOpen: (x: number, attrs: Attrs) => boolean): Exact =>
  (x, t, attrs) =>
    isOpen(x, attrs as Attrs) ? t : 0;

type Exact = (x: number, t: number, attrs: unknown) => number;

/** Where f is linear piece by piece, differences would be rounding errors. */
const PIECEWISE: Readonly<Partial<Record<DerivativeAttrs["of"], Exact>>> = {
  clippedRelu: gated<ClippedReluAttrs>((x, { max }) => x > 0 && x < max),
  hardSigmoid: (x, t, attrs) => {
    const { alpha, beta } = attrs as HardSigmoidAttrs;
    const y = alpha * x + beta;
    return y > 0 && y < 1 ? alpha * t : 0;
  },
  leakyRelu: (x, t, attrs) => (x > 0 ? t : (attrs as LeakyReluAttrs).alpha * t),
  relu: gated((x) => x > 0),
};

/** (f(x + s·t))′ at s = 0 */
export const derivative: Twin<DerivativeAttrs> = (inputs, { of, attrs }) => {
  const [t, x] = [required(inputs, 0), required(inputs, 1)];
  const exact = PIECEWISE[of];
  if (exact)
    return ndarray(
      x.shape,
      x.data.map((value, i) => exact(value, t.data[i]!, attrs)),
    );
  const f = { ...activations, softmax }[of] as Twin;
  const step = STEP / Math.max(1, ...t.data.map((value) => (Number.isNaN(value) ? 0 : Math.abs(value))));
  const at = (times: number): Float64Array =>
    f(
      [
        ndarray(
          x.shape,
          x.data.map((value, i) => value + times * step * t.data[i]!),
        ),
      ],
      attrs,
    ).data;
  const [near, back, far, farBack] = [at(1), at(-1), at(2), at(-2)];
  return ndarray(
    x.shape,
    near.map((value, i) => (8 * (value - back[i]!) - (far[i]! - farBack[i]!)) / (12 * step)),
  );
};

export const atMaximum: Twin<AtMaximumAttrs> = (inputs, attrs) => {
  const [t, x] = [required(inputs, 0), required(inputs, 1)];
  return "window" in attrs ? inWindows(t, x, attrs) : overall(t, x, attrs);
};

/** The first of the largest counts. */
function inWindows(t: NDArray, x: NDArray, { window }: Extract<AtMaximumAttrs, { window: unknown }>): NDArray {
  const y = maxPool([x], window);
  eachIndex(y.shape, (index, offset) => {
    const first = tapsOf(x, index, window).values.indexOf(y.data[offset]!);
    y.data[offset] = tapsOf(t, index, window).values[first]!;
  });
  return y;
}

/** The mean of t where x is largest. */
function overall(t: NDArray, x: NDArray, { whole }: Extract<AtMaximumAttrs, { whole: unknown }>): NDArray {
  const [n, h, w, c] = x.shape as readonly [number, number, number, number];
  const pixels = h * w;
  const y = ndarray(whole.keepDims ? [n, 1, 1, c] : [n, c]);
  for (let column = 0; column < n * c; column++) {
    const [picture, channel] = [Math.floor(column / c), column % c];
    const of = (a: NDArray): number[] =>
      Array.from({ length: pixels }, (_, i) => a.data[(picture * pixels + i) * c + channel]!);
    const [values, rates] = [of(x), of(t)];
    const top = Math.max(...values);
    const taken = rates.filter((_, i) => values[i] === top);
    y.data[column] = taken.reduce((sum, rate) => sum + rate, 0) / taken.length;
  }
  return y;
}
