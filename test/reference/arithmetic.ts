/** f64 twins of the operators with two operands. */
import { broadcast } from "../../src/shape.ts";
import type { NoAttrs } from "../../src/ops/op.ts";
import { eachIndex, type NDArray, ndarray, offsetOf, required, type Twin } from "./ndarray.ts";

/** The element of `x` that index of the broadcast shape sees: axes of x align with the last ones. */
const seen = (x: NDArray, index: readonly number[]): number =>
  x.data[offsetOf(x.shape, index.slice(index.length - x.shape.length))]!;

const binary =
  (f: (a: number, b: number) => number): Twin<NoAttrs> =>
  (inputs) => {
    const [a, b] = [required(inputs, 0), required(inputs, 1)];
    const y = ndarray(broadcast(a.shape, b.shape, "twin"));
    eachIndex(y.shape, (index, offset) => (y.data[offset] = f(seen(a, index), seen(b, index))));
    return y;
  };

export const add = binary((a, b) => a + b);
export const sub = binary((a, b) => a - b);
export const mul = binary((a, b) => a * b);
export const div = binary((a, b) => a / b);
export const maximum = binary(Math.max);
export const minimum = binary(Math.min);
