/** C = A·Bᵀ for rows of A and B on the JavaScript side, all of one length; a row of C does not depend on the others. */
import type { Engine } from "./instantiate.ts";

const UNCLAMPED = [-Infinity, Infinity] as const;

/**
 * For every row of `a` its scalar products with the rows of `b`, each in an array of its own.
 * @param b row behind row: there may be a million of them, one for each position of a map
 */
export function scalarProducts({ heap, kernels }: Engine, a: readonly Float32Array[], b: Float32Array): Float32Array[] {
  const k = a[0]!.length;
  const [n, m] = [a.length, b.length / k];
  const rowBytes = k * 4;
  const blocks = [n * rowBytes, m * rowBytes, n * m * 4, kernels.gemmBytes(n, m, k)].map((bytes) => heap.alloc(bytes));
  try {
    const [atA, atB, atC, work] = blocks as [number, number, number, number];
    a.forEach((row, i) => {
      heap.f32(atA + i * rowBytes, k).set(row);
    });
    heap.f32(atB, b.length).set(b);
    const columnsOfB = [atB, 4, rowBytes] as const;
    kernels.gemm(n, m, k, atA, rowBytes, 4, ...columnsOfB, 0, 0, atC, m * 4, ...UNCLAMPED, work);
    return a.map((_, i) => heap.f32(atC + i * m * 4, m).slice());
  } finally {
    for (const block of blocks) heap.free(block);
  }
}
