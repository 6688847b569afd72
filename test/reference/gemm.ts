/** f64 twin of every matrix product: C[m, n] = A[m, k]·B[k, n], row-major. */
import { type NDArray, ndarray } from "./ndarray.ts";

export function matmul(a: NDArray, b: NDArray): NDArray {
  const [m, k] = a.shape as [number, number];
  const n = b.shape[1]!;
  const c = ndarray([m, n]);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let s = 0; s < k; s++) sum += a.data[i * k + s]! * b.data[s * n + j]!;
      c.data[i * n + j] = sum;
    }
  }
  return c;
}
