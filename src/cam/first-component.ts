/**
 * First principal component of positions × channels: X centred by column, M = X·v₁ with v₁ its first right singular vector.
 * From the N×N Gram matrix G = X·Xᵀ (positions are few): G·u = λ·u gives M = √λ·u. Signs of singular vectors are arbitrary;
 * ours is such that the largest absolute value is positive.
 */
export interface Component {
  /** One number for each position. */
  readonly data: Float32Array;
  /** λ₁/λ₂: near 1 the component is not well defined. */
  readonly ratio: number;
}

/** @param volume [positions, channels], row-major */
export const firstComponent = (volume: Float32Array, channels: number): Component =>
  leading(gramOfCentred(volume, channels), volume.length / channels);

/** The leading eigenvector of a symmetric positive matrix [n, n] times the root of its eigenvalue. */
export function leading(matrix: Float64Array, n: number): Component {
  const first = iterate(matrix, n);
  deflate(matrix, n, first);
  const second = iterate(matrix, n);
  const root = Math.sqrt(Math.max(0, first.value));
  const [low, high] = first.vector.reduce(([a, b], v) => [Math.min(a, v), Math.max(b, v)], [0, 0] as [number, number]);
  const sign = -low > high ? -root : root;
  const ratio = second.value > 0 ? first.value / second.value : Infinity;
  return { data: Float32Array.from(first.vector, (value) => sign * value), ratio };
}

/** X·Xᵀ of the centred volume: inner products of rows minus what centring takes away, in f64. */
export function gramOfCentred(volume: Float32Array, channels: number): Float64Array {
  const n = volume.length / channels;
  const centred = new Float64Array(volume);
  for (let k = 0; k < channels; k++) {
    let sum = 0;
    for (let i = k; i < centred.length; i += channels) sum += centred[i]!;
    const mean = sum / n;
    for (let i = k; i < centred.length; i += channels) centred[i]! -= mean;
  }
  return innerProducts(centred, n, channels);
}

/** Two rows by two at a time: each number that is read is used twice. */
function innerProducts(x: Float64Array, n: number, length: number): Float64Array {
  const gram = new Float64Array(n * n);
  for (let i = 0; i < n; i += 2) {
    for (let j = 0; j <= i; j += 2) {
      const tile = twoByTwo(x, [i, Math.min(i + 1, n - 1)], [j, Math.min(j + 1, n - 1)], length);
      for (const [row, column, value] of tile) gram[row * n + column] = gram[column * n + row] = value;
    }
  }
  return gram;
}

/** K − means of its rows − means of its columns + mean of all. */
export function doublyCentred(kernel: Float64Array, n: number): Float64Array {
  const rows = Float64Array.from(
    { length: n },
    (_, i) => kernel.subarray(i * n, (i + 1) * n).reduce((a, b) => a + b, 0) / n,
  );
  const mean = rows.reduce((a, b) => a + b, 0) / n;
  return kernel.map((value, at) => value - rows[Math.floor(at / n)]! - rows[at % n]! + mean);
}

function twoByTwo(
  x: Float64Array,
  [i, i1]: readonly [number, number],
  [j, j1]: readonly [number, number],
  length: number,
): readonly (readonly [row: number, column: number, value: number])[] {
  const [a, b, c, d] = [i * length, i1 * length, j * length, j1 * length];
  let [ac, ad, bc, bd] = [0, 0, 0, 0];
  for (let k = 0; k < length; k++) {
    const p = x[a + k]!;
    const q = x[b + k]!;
    const r = x[c + k]!;
    const s = x[d + k]!;
    ac += p * r;
    ad += p * s;
    bc += q * r;
    bd += q * s;
  }
  return [
    [i, j, ac],
    [i, j1, ad],
    [i1, j, bc],
    [i1, j1, bd],
  ];
}

interface Pair {
  readonly value: number;
  readonly vector: Float64Array;
}

const MOST_STEPS = 2000;
/** Change of a unit vector below which it has been found. */
const TOLERANCE = 1e-12;

/** Power iteration; the start is not orthogonal to anything by symmetry. */
function iterate(matrix: Float64Array, n: number): Pair {
  let vector: Float64Array = Float64Array.from({ length: n }, (_, i) => 1 + ((i * 0.618) % 1));
  normalize(vector);
  for (let step = 0; step < MOST_STEPS; step++) {
    const next = times(matrix, vector, n);
    if (normalize(next) === 0) return { value: 0, vector: new Float64Array(n) };
    const change = next.reduce((most, v, i) => Math.max(most, Math.abs(v - vector[i]!)), 0);
    vector = next;
    if (change < TOLERANCE) break;
  }
  const value = times(matrix, vector, n).reduce((sum, v, i) => sum + v * vector[i]!, 0);
  return { value, vector };
}

function times(matrix: Float64Array, vector: Float64Array, n: number): Float64Array {
  const result = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let sum = 0;
    for (let j = 0; j < n; j++) sum += matrix[i * n + j]! * vector[j]!;
    result[i] = sum;
  }
  return result;
}

function normalize(vector: Float64Array): number {
  const norm = Math.sqrt(vector.reduce((sum, v) => sum + v * v, 0));
  if (norm > 0) vector.forEach((v, i) => (vector[i] = v / norm));
  return norm;
}

function deflate(matrix: Float64Array, n: number, { value, vector }: Pair): void {
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) matrix[i * n + j]! -= value * vector[i]! * vector[j]!;
  }
}
