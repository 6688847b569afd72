/** Special functions in f64 that JavaScript lacks. */

/** Φ(x): the all-positive series of erf near zero, the continued fraction of erfc in the tails. */
export function normalCdf(x: number): number {
  const z = Math.abs(x) / Math.SQRT2;
  const upper = z < 2 ? 0.5 - 0.5 * erfSeries(z) : 0.5 * erfcFraction(z);
  return x < 0 ? upper : 1 - upper;
}

/** Abramowitz & Stegun 7.1.6. */
function erfSeries(z: number): number {
  let term = z;
  let sum = z;
  for (let n = 1; term > sum * 1e-18; n++) sum += term *= (2 * z * z) / (2 * n + 1);
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-z * z) * sum;
}

/** Abramowitz & Stegun 7.1.14. */
function erfcFraction(z: number): number {
  let tail = z;
  for (let n = 120; n > 0; n--) tail = z + n / 2 / tail;
  return Math.exp(-z * z) / (tail * Math.sqrt(Math.PI));
}
