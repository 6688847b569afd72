/**
 * Finds the coefficients in assembly/lib/math.ts: minimax polynomials by the Remez exchange, in f64.
 * Prints each polynomial from the constant term up, and the largest error before its coefficients are rounded to f32.
 * Run by hand: node scripts/fit-polynomials.mjs
 */

/** erfc(z)·exp(z²) for z ≥ 0: the all-positive series of erf below 2, the continued fraction of erfc above. */
function scaledErfc(z) {
  if (z < 2) {
    let term = z;
    let sum = z;
    for (let n = 1; term > sum * 1e-18; n++) sum += term *= (2 * z * z) / (2 * n + 1);
    return Math.exp(z * z) - (2 / Math.sqrt(Math.PI)) * sum;
  }
  let tail = z;
  for (let n = 120; n > 0; n--) tail = z + n / 2 / tail;
  return 1 / (tail * Math.sqrt(Math.PI));
}

const T = (z) => 1 / (1 + z / 2);
const zOf = (t) => 2 / t - 2;

/** weight·(polynomial − f) is made equally large everywhere; `lo` and `hi` bound the argument. */
const FITS = [
  {
    // Weight: error of exp(r) ≈ 1 + r + r²·P, and of expm1 relative to r.
    title: "EXPM1: (exp(r) − 1 − r) / r² on |r| ≤ ln 2 / 2",
    f: (r) =>
      Math.abs(r) < 0.02 ? 0.5 + r / 6 + r ** 2 / 24 + r ** 3 / 120 + r ** 4 / 720 : (Math.expm1(r) - r) / r ** 2,
    weight: (r) => Math.max(Math.abs(r), 0.05),
    lo: -0.3467,
    hi: 0.3467,
    degree: 4,
  },
  {
    title: "LOG1P: (atanh(s)/s − 1) / s² in q = s² on 0 ≤ s ≤ 1/3",
    f: (q) =>
      q < 1e-3
        ? 1 / 3 + q / 5 + q ** 2 / 7 + q ** 3 / 9 + q ** 4 / 11
        : (Math.atanh(Math.sqrt(q)) / Math.sqrt(q) - 1) / q,
    weight: (q) => q + 1e-3,
    lo: 0,
    hi: 1 / 9,
    degree: 4,
  },
  {
    title: "ERFC: erfc(z)·exp(z²) / t in t = 1 / (1 + z/2) on 0 ≤ z ≤ 10.3",
    f: (t) => scaledErfc(zOf(t)) / t,
    weight: (t) => t / scaledErfc(zOf(t)),
    lo: T(10.3),
    hi: 1,
    degree: 9,
  },
];

function solve(matrix, right) {
  const n = right.length;
  const rows = matrix.map((row, i) => [...row, right[i]]);
  for (let k = 0; k < n; k++) {
    const pivot = rows
      .slice(k)
      .reduce((best, row, i) => (Math.abs(row[k]) > Math.abs(rows[best][k]) ? k + i : best), k);
    [rows[k], rows[pivot]] = [rows[pivot], rows[k]];
    for (let i = k + 1; i < n; i++) {
      const factor = rows[i][k] / rows[k][k];
      for (let j = k; j <= n; j++) rows[i][j] -= factor * rows[k][j];
    }
  }
  const x = new Array(n);
  for (let i = n - 1; i >= 0; i--) {
    x[i] = rows[i][n];
    for (let j = i + 1; j < n; j++) x[i] -= rows[i][j] * x[j];
    x[i] /= rows[i][i];
  }
  return x;
}

const evaluate = (coefficients, x) => coefficients.reduceRight((sum, c) => sum * x + c, 0);

function remez({ f, weight, lo, hi, degree }) {
  const count = degree + 2;
  let nodes = Array.from(
    { length: count },
    (_, i) => (lo + hi) / 2 - ((hi - lo) / 2) * Math.cos((Math.PI * i) / (count - 1)),
  );
  let coefficients;
  for (let round = 0; round < 30; round++) {
    const matrix = nodes.map((x, i) => [
      ...Array.from({ length: degree + 1 }, (_, k) => x ** k),
      (-1) ** i / weight(x),
    ]);
    coefficients = solve(matrix, nodes.map(f)).slice(0, -1);
    nodes = extrema((x) => weight(x) * (evaluate(coefficients, x) - f(x)), lo, hi, count, nodes);
  }
  return coefficients;
}

/** The place of the largest error between each two sign changes; the old nodes when there are too few. */
function extrema(error, lo, hi, count, old) {
  const found = [];
  const grid = 40_000;
  for (let i = 0; i <= grid; i++) {
    const x = lo + ((hi - lo) * i) / grid;
    const e = error(x);
    const last = found.at(-1);
    if (!last || Math.sign(e) !== Math.sign(last.e)) found.push({ x, e });
    else if (Math.abs(e) > Math.abs(last.e)) found[found.length - 1] = { x, e };
  }
  while (found.length > count) Math.abs(found[0].e) < Math.abs(found.at(-1).e) ? found.shift() : found.pop();
  return found.length === count ? found.map(({ x }) => x) : old;
}

for (const fit of FITS) {
  const coefficients = remez(fit);
  let worst = 0;
  for (let i = 0; i <= 10_000; i++) {
    const x = fit.lo + ((fit.hi - fit.lo) * i) / 10_000;
    worst = Math.max(worst, fit.weight(x) * Math.abs(evaluate(coefficients, x) - fit.f(x)));
  }
  console.log(`${fit.title}: weighted error ${worst.toExponential(1)}`);
  for (const c of coefficients) console.log(`  ${Math.fround(c).toPrecision(9)}`);
}
