/** f64 twin of matmul: sums of products, with NumPy's broadcasting of the axes in front. */
import type { MatmulAttrs } from "../../src/ops/files/matmul.ts";
import { broadcast } from "../../src/shape.ts";
import { eachIndex, type NDArray, ndarray, offsetOf, required, type Twin } from "./ndarray.ts";

export const matmul: Twin<MatmulAttrs> = (inputs, { transposeA, transposeB }) => {
  const [a, b] = [required(inputs, 0), required(inputs, 1)];
  const inner = a.shape.at(transposeA ? -2 : -1)!;
  const front = broadcast(a.shape.slice(0, -2), b.shape.slice(0, -2), "twin");
  const y = ndarray([...front, a.shape.at(transposeA ? -1 : -2)!, b.shape.at(transposeB ? -2 : -1)!]);
  eachIndex(y.shape, (index, offset) => {
    const [stack, [row, column]] = [index.slice(0, -2), index.slice(-2) as [number, number]];
    for (let k = 0; k < inner; k++) {
      y.data[offset]! +=
        at(a, stack, transposeA ? [k, row] : [row, k]) * at(b, stack, transposeB ? [column, k] : [k, column]);
    }
  });
  return y;
};

/** Axes of size 1 in front are broadcast, missing ones too; the matrix itself is not. */
function at({ shape, data }: NDArray, stack: readonly number[], [row, column]: readonly [number, number]): number {
  const front = shape.slice(0, -2);
  const matrix = offsetOf(front, stack.slice(stack.length - front.length));
  return data[(matrix * shape.at(-2)! + row) * shape.at(-1)! + column]!;
}
