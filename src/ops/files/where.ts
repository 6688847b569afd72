import { broadcast, type Shape } from "../../shape.ts";
import { addReduced } from "../broadcast.ts";
import { inputShape } from "../check.ts";
import { mapBroadcast, mapToScratch } from "./map-broadcast.ts";
import { defineOp, type NoAttrs } from "../op.ts";
import { workInJavaScript } from "../work.ts";

/** y = a where the condition is not 0, else b, with NumPy broadcasting; the gradient goes to the one that was taken. */
export const where = defineOp<NoAttrs>({
  inputs: ["condition", "a", "b"],
  reads: () => ({ condition: [], a: ["condition"], b: ["condition"] }),
  shape: (inputs, _attrs, place) =>
    ["condition", "a", "b"]
      .map((name, i) => inputShape(inputs, i, name, place))
      .reduce<Shape>((whole, one) => broadcast(whole, one, place), [])
      .slice(),
  work: workInJavaScript,
  forward(ctx, [condition, a, b], y) {
    mapBroadcast(ctx, (taken, left, right) => (taken === 0 ? right : left), [condition!, a!, b!], y);
  },
  backward(ctx, { inputs: [condition], dy, dInputs: [, da, db] }) {
    if (da)
      addReduced(
        ctx,
        mapToScratch(ctx, (taken, d) => (taken === 0 ? 0 : d), [condition!, dy]),
        da,
        1,
      );
    if (db)
      addReduced(
        ctx,
        mapToScratch(ctx, (taken, d) => (taken === 0 ? d : 0), [condition!, dy]),
        db,
        1,
      );
  },
});
