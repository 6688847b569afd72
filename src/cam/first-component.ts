/**
 * First principal component of positions × channels: X centred by column, M = X·v₁ with v₁ its first right singular vector.
 * From the smaller of two matrices with the same eigenvalues: the Gram matrix G = X·Xᵀ of N positions, where G·u = λ·u gives
 * M = √λ·u, or XᵀX of C channels, whose v gives M = X·v. Signs of singular vectors are arbitrary; ours is such that the largest
 * absolute value is positive.
 */
export interface Component {
  /** One number for each position. */
  readonly data: Float32Array;
  /** λ₁/λ₂: near 1 the component is not well defined. */
  readonly ratio: number;
}

/** @param volume [positions, channels], row-major */
export function firstComponent(volume: Float32Array, channels: number): Component {
  const n = volume.length / channels;
  if (n <= channels) return leading(gramOfCentred(volume, channels), n);
  const x = centred(volume, channels);
  const { first, ratio } = firstOf(innerProducts(transposed(x, n, channels), channels, n), channels);
  return { data: signed(times(x, first.vector, n)), ratio };
}

/** The leading eigenvector of a symmetric positive matrix [n, n] times the root of its eigenvalue. */
export function leading(matrix: Float64Array, n: number): Component {
  const { first, ratio } = firstOf(matrix, n);
  const root = Math.sqrt(Math.max(0, first.value));
  return { data: signed(first.vector.map((value) => root * value)), ratio };
}

/** The first eigenvector, and by how much its eigenvalue exceeds the second. The matrix is used up. */
function firstOf(matrix: Float64Array, n: number): { first: Pair; ratio: number } {
  const first = iterate(matrix, n);
  deflate(matrix, n, first);
  const second = iterate(matrix, n);
  return { first, ratio: second.value > 0 ? first.value / second.value : Infinity };
}

/** With the sign that makes the largest absolute value positive. */
function signed(values: Float64Array): Float32Array {
  const [low, high] = values.reduce(([a, b], v) => [Math.min(a, v), Math.max(b, v)], [0, 0] as [number, number]);
  return Float32Array.from(values, (value) => (-low > high ? -value : value));
}

/** X·Xᵀ of the centred volume: inner products of rows minus what centring takes away, in f64. */
export function gramOfCentred(volume: Float32Array, channels: number): Float64Array {
  return innerProducts(centred(volume, channels), volume.length / channels, channels);
}

/** Every channel less its mean. */
function centred(volume: Float32Array, channels: number): Float64Array {
  const n = volume.length / channels;
  const result = new Float64Array(volume);
  for (let k = 0; k < channels; k++) {
    let sum = 0;
    for (let i = k; i < result.length; i += channels) sum += result[i]!;
    const mean = sum / n;
    for (let i = k; i < result.length; i += channels) result[i]! -= mean;
  }
  return result;
}

/** [rows, columns] → [columns, rows]. */
function transposed(x: Float64Array, rows: number, columns: number): Float64Array {
  const result = new Float64Array(x.length);
  for (let i = 0; i < rows; i++) for (let k = 0; k < columns; k++) result[k * rows + i] = x[i * columns + k]!;
  return result;
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

/** A matrix of `rows` rows times a vector. */
function times(matrix: Float64Array, vector: Float64Array, rows: number): Float64Array {
  const columns = vector.length;
  const result = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    let sum = 0;
    for (let j = 0; j < columns; j++) sum += matrix[i * columns + j]! * vector[j]!;
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
