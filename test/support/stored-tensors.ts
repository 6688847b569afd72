/** Tensors of a file that never was: names and shapes, and numbers where somebody asks. */
import { elements, type Shape } from "../../src/shape.ts";
import type { StoredTensor, StoredTensors } from "../../src/zoo/weights.ts";

/** Each tensor counts 0, 1, 2, …, so that a transposition shows. */
export const storedTensors = (shapes: Iterable<readonly [name: string, shape: Shape]>): StoredTensors =>
  new Map([...shapes].map(([name, shape]) => [name, counting(name, shape)]));

const counting = (name: string, shape: Shape): StoredTensor => ({
  name,
  shape,
  dtype: "F32",
  parameter: () => ({
    stored: shape,
    source: {
      length: elements(shape),
      read: (start, end) => Float32Array.from({ length: end - start }, (_, i) => start + i),
    },
  }),
});
