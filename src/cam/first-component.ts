import { channelSums } from "./volume.ts";

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

/** For every row its scalar products with all rows: the engine's, since they are most of the work. */
export type Products = (rows: readonly Float32Array[]) => readonly Float32Array[];

/** @param volume [positions, channels], row-major */
export function firstComponent(volume: Float32Array, channels: number, products: Products): Component {
  const n = volume.length / channels;
  if (n <= channels) return leading(gramOfCentred(volume, channels, products), n);
  const x = centred(volume, channels);
  const columns = Array.from({ length: channels }, (_, k) => column(x, k, channels));
  const { first, ratio } = firstOf(matrixOf(products(columns)), channels);
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

/** X·Xᵀ of the centred volume. */
export function gramOfCentred(volume: Float32Array, channels: number, products: Products): Float64Array {
  const x = centred(volume, channels);
  const rows = Array.from({ length: x.length / channels }, (_, i) => x.subarray(i * channels, (i + 1) * channels));
  return matrixOf(products(rows));
}

function matrixOf(rows: readonly Float32Array[]): Float64Array {
  const matrix = new Float64Array(rows.length ** 2);
  rows.forEach((row, i) => matrix.set(row, i * rows.length));
  return matrix;
}

/** Every channel less its mean: a mean in f64, one rounding. */
function centred(volume: Float32Array, channels: number): Float32Array {
  const means = channelSums(volume, channels);
  for (let k = 0; k < channels; k++) means[k]! *= channels / volume.length;
  const result = new Float32Array(volume.length);
  for (let first = 0; first < result.length; first += channels) {
    for (let k = 0; k < channels; k++) result[first + k] = volume[first + k]! - means[k]!;
  }
  return result;
}

function column(x: Float32Array, k: number, channels: number): Float32Array {
  const result = new Float32Array(x.length / channels);
  for (let i = 0; i < result.length; i++) result[i] = x[i * channels + k]!;
  return result;
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
  let next: Float64Array = new Float64Array(n);
  normalize(vector);
  for (let step = 0; step < MOST_STEPS; step++) {
    multiply(matrix, vector, next);
    if (normalize(next) === 0) return { value: 0, vector: new Float64Array(n) };
    const change = farthest(next, vector);
    [vector, next] = [next, vector];
    if (change < TOLERANCE) break;
  }
  multiply(matrix, vector, next);
  let value = 0;
  for (let i = 0; i < n; i++) value += next[i]! * vector[i]!;
  return { value, vector };
}

/** max |aᵢ − bᵢ| */
function farthest(a: Float64Array, b: Float64Array): number {
  let most = 0;
  for (let i = 0; i < a.length; i++) most = Math.max(most, Math.abs(a[i]! - b[i]!));
  return most;
}

/** A matrix of `rows` rows times a vector. */
function times(matrix: Float64Array | Float32Array, vector: Float64Array, rows: number): Float64Array {
  const result = new Float64Array(rows);
  multiply(matrix, vector, result);
  return result;
}

/** result = matrix·vector. By four sums, which need not wait for each other. */
function multiply(matrix: Float64Array | Float32Array, vector: Float64Array, result: Float64Array): void {
  const columns = vector.length;
  const even = columns - (columns % 4);
  for (let i = 0, at = 0; i < result.length; i++, at += columns) {
    let [a, b, c, d] = [0, 0, 0, 0];
    for (let j = 0; j < even; j += 4) {
      a += matrix[at + j]! * vector[j]!;
      b += matrix[at + j + 1]! * vector[j + 1]!;
      c += matrix[at + j + 2]! * vector[j + 2]!;
      d += matrix[at + j + 3]! * vector[j + 3]!;
    }
    for (let j = even; j < columns; j++) a += matrix[at + j]! * vector[j]!;
    result[i] = a + b + (c + d);
  }
}

/** Brings a vector to length 1; answers what it was. */
function normalize(vector: Float64Array): number {
  let sum = 0;
  for (const value of vector) sum += value * value;
  const norm = Math.sqrt(sum);
  if (norm > 0) for (let i = 0; i < vector.length; i++) vector[i]! /= norm;
  return norm;
}

function deflate(matrix: Float64Array, n: number, { value, vector }: Pair): void {
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) matrix[i * n + j]! -= value * vector[i]! * vector[j]!;
  }
}
