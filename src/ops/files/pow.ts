import { broadcast } from "../../shape.ts";
import { addReduced } from "../broadcast.ts";
import { inputShape } from "../check.ts";
import { mapBroadcast, mapToScratch } from "./map-broadcast.ts";
import { defineOp, type NoAttrs } from "../op.ts";
import { workInJavaScript } from "../work.ts";

/**
 * y = a^b with NumPy broadcasting, in f64; da = dy·b·a^(b−1), which is 0 where b is 0, and db = dy·y·ln a, which is 0 where a
 * is not positive.
 */
export const pow = defineOp<NoAttrs>({
  inputs: ["a", "b"],
  reads: () => ({ a: ["a", "b"], b: ["a", "b"] }),
  shape: (inputs, _attrs, where) =>
    broadcast(inputShape(inputs, 0, "a", where), inputShape(inputs, 1, "b", where), where),
  work: workInJavaScript,
  forward(ctx, [a, b], y) {
    mapBroadcast(ctx, (base, exponent) => base ** exponent, [a!, b!], y);
  },
  backward(ctx, { inputs: [a, b], dy, dInputs: [da, db] }) {
    const slopeA = (base: number, exponent: number): number => (exponent === 0 ? 0 : exponent * base ** (exponent - 1));
    const slopeB = (base: number, exponent: number): number => (base > 0 ? base ** exponent * Math.log(base) : 0);
    if (da)
      addReduced(
        ctx,
        mapToScratch(ctx, (x, y, d) => d * slopeA(x, y), [a!, b!, dy]),
        da,
        1,
      );
    if (db)
      addReduced(
        ctx,
        mapToScratch(ctx, (x, y, d) => d * slopeB(x, y), [a!, b!, dy]),
        db,
        1,
      );
  },
});
