/**
 * erf(x) = 2/√π·e^(−x²)·Σ 2ⁿ·x^(2n+1) / (1·3·…·(2n+1)): all terms have one sign. Error 1e-10, relative.
 * Abramowitz & Stegun, Handbook of Mathematical Functions, 7.1.6.
 */
export function erf(x: number): number {
  const z = Math.abs(x);
  // 1 − erf(4.5) is 2e-10.
  if (z > 4.5) return Math.sign(x);
  let term = z;
  let sum = z;
  for (let n = 1; term > sum * 1e-10; n++) sum += term *= (2 * z * z) / (2 * n + 1);
  return Math.sign(x) * TWO_OVER_ROOT_PI * Math.exp(-z * z) * sum;
}

/** 2/√π */
const TWO_OVER_ROOT_PI = 1.1283791670955126;

export const erfSlope = (x: number): number => TWO_OVER_ROOT_PI * Math.exp(-x * x);
